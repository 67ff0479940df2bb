// Nothing: makes one WORKS_FOR for each row.
UNWIND $rows AS row
MATCH (subject:Practitioner {practitioner_id: row.subject_id})
MATCH (service:Service {service_id: row.target_id})
CREATE (subject)-[fact:WORKS_FOR]->(service)
SET fact = row.properties
