// Nothing: opens again the facts that a run ended about the subjects of these records.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})-[:IDENTIFIES|DESCRIBES]->(subject)
WITH DISTINCT subject
MATCH (subject)-[fact]->()
WHERE fact.ended_run = $run
REMOVE fact.ended_run
