// Nothing: makes one CARED_FOR_BY for each row.
UNWIND $rows AS row
MATCH (subject:Person {person_id: row.subject_id})
MATCH (carer:Person {person_id: row.target_id})
CREATE (subject)-[fact:CARED_FOR_BY]->(carer)
SET fact = row.properties
