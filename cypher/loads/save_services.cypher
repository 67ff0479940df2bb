// Nothing: makes the services that are new.
UNWIND $rows AS row
MERGE (service:Service {service_id: row.key})
  ON CREATE SET service.run = $run
