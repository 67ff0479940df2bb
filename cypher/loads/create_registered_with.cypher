// Nothing: makes one REGISTERED_WITH for each row.
UNWIND $rows AS row
MATCH (subject:Person {person_id: row.subject_id})
MATCH (practice:Service {service_id: row.target_id})
CREATE (subject)-[fact:REGISTERED_WITH]->(practice)
SET fact = row.properties
