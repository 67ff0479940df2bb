// Nothing: makes one RESPONSIBILITY_OF for each row.
UNWIND $rows AS row
MATCH (subject:Person {person_id: row.subject_id})
MATCH (authority:LocalAuthority {gss_code: row.target_id})
CREATE (subject)-[fact:RESPONSIBILITY_OF]->(authority)
SET fact = row.properties
