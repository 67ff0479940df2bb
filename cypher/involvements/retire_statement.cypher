// The records of a statement that nobody sees any more, now that its author has said otherwise.
MATCH (record:Record {record: $record, source: "signpost"})-[identifies:IDENTIFIES]->(child:Child)
WHERE record.ended_run IS NULL AND identifies.ended_run IS NULL
SET
  record.ended_run = 0,
  record.unsaid_at = $unsaid_at,
  identifies.ended_run = 0
WITH record, child
MATCH (child)-[fact:INVOLVES|SEEN_BY]->()
WHERE fact.record = record.record AND fact.ended_run IS NULL
SET
  fact.ended_run = 0,
  fact.unsaid_at = $unsaid_at
RETURN DISTINCT record.record AS key
