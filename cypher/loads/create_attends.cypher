// Nothing: makes one ATTENDS for each row.
UNWIND $rows AS row
MATCH (subject:Person {person_id: row.subject_id})
MATCH (school:Service {service_id: row.target_id})
CREATE (subject)-[fact:ATTENDS]->(school)
SET fact = row.properties
