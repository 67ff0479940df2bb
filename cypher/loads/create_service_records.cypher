// Nothing: makes records, each describing its service.
UNWIND $rows AS row
MATCH (subject:Service {service_id: row.subject_id})
CREATE (record:Record)-[:DESCRIBES {run: $run}]->(subject)
SET record = row.properties
