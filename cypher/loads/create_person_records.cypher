// Nothing: makes records, each identifying its person.
UNWIND $rows AS row
MATCH (person:Person {person_id: row.subject_id})
CREATE (record:Record)-[identifies:IDENTIFIES]->(person)
SET record = row.properties, identifies = row.identifies
