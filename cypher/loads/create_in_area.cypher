// Nothing: makes one IN_AREA for each row.
UNWIND $rows AS row
MATCH (subject:Service {service_id: row.subject_id})
MATCH (authority:LocalAuthority {gss_code: row.target_id})
CREATE (subject)-[fact:IN_AREA]->(authority)
SET fact = row.properties
