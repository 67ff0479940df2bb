// Nothing: makes the schools that are new.
UNWIND $rows AS row
MERGE (school:Service {service_id: row.key})
  ON CREATE SET school:School, school.urn = row.code, school.run = $run
