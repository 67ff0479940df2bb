// Nothing: makes records, each describing its practitioner.
UNWIND $rows AS row
MATCH (subject:Practitioner {practitioner_id: row.subject_id})
CREATE (record:Record)-[:DESCRIBES {run: $run}]->(subject)
SET record = row.properties
