// The persons whom these record versions identify.
UNWIND $rows AS row
MATCH (:Record {record_version: row.record_version})-[:IDENTIFIES]->(person:Person)
RETURN DISTINCT person.person_id AS key
