// Nothing: makes one SEEN_BY for each row.
UNWIND $rows AS row
MATCH (subject:Person {person_id: row.subject_id})
MATCH (practitioner:Practitioner {practitioner_id: row.target_id})
CREATE (subject)-[fact:SEEN_BY]->(practitioner)
SET fact = row.properties
