// Nothing: takes away the facts that a run made about the subjects of these records.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})-[:IDENTIFIES|DESCRIBES]->(subject)
WITH DISTINCT subject
MATCH (subject)-[fact]->()
WHERE fact.run = $run
DELETE fact
