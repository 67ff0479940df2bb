// Nothing: makes one LIVES_AT for each row.
UNWIND $rows AS row
MATCH (subject:Person {person_id: row.subject_id})
MATCH (address:Address {address_id: row.target_id})
CREATE (subject)-[fact:LIVES_AT]->(address)
SET fact = row.properties
