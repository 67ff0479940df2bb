// Nothing: takes away the facts that a run made about the subjects of these records, and opens those it ended.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})-[:IDENTIFIES|DESCRIBES]->(subject)
WITH DISTINCT subject
MATCH (subject)-[fact]->()
WHERE fact.run = $run OR fact.ended_run = $run
FOREACH (made IN CASE WHEN fact.run = $run THEN [fact] ELSE [] END | DELETE made)
FOREACH (ended IN CASE WHEN fact.run = $run THEN [] ELSE [fact] END | REMOVE ended.ended_run)
