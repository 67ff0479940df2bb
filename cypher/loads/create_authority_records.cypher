// Nothing: makes records, each describing its authority.
UNWIND $rows AS row
MATCH (subject:LocalAuthority {gss_code: row.subject_id})
CREATE (record:Record)-[:DESCRIBES {run: $run}]->(subject)
SET record = row.properties
