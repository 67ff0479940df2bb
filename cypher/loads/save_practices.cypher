// Nothing: makes the GP practices that are new.
UNWIND $rows AS row
MERGE (practice:Service {service_id: row.key})
  ON CREATE SET practice:GPPractice, practice.ods_code = row.code, practice.run = $run
