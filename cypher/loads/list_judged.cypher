// Persons whom this run made and whom people have decided to be different from somebody.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})-[:IDENTIFIES]->(person:Person {run: $run})
MATCH (person)-[judged:MUST_NOT_LINK]-()
RETURN DISTINCT judged.judgement_id AS key
ORDER BY key
LIMIT 5
