// Nothing: makes one INVOLVES for each row.
UNWIND $rows AS row
MATCH (subject:Person {person_id: row.subject_id})
MATCH (service:Service {service_id: row.target_id})
CREATE (subject)-[fact:INVOLVES]->(service)
SET fact = row.properties
