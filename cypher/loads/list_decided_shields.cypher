// The shields that a person decided on a person whom this run made.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})-[:IDENTIFIES]->(person:Person {run: $run})<-[:SHIELDS]-(shield:Shield)
WHERE shield.decided_by IS NOT NULL
RETURN DISTINCT shield.shield_id AS shield_id
