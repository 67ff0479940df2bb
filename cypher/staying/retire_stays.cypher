// The consents of a person that count no more from now on.
MATCH (record:Record {source: "signpost"})-[identifies:IDENTIFIES]->(:Child {child_id: $child_id})
WHERE record.stays_until IS NOT NULL AND record.ended_run IS NULL AND identifies.ended_run IS NULL
SET
  record.ended_run = 0,
  record.unsaid_at = $unsaid_at,
  identifies.ended_run = 0
RETURN record.record AS key
