// How many visible records of each source and subject have each property.
MATCH (record:Record)
WHERE
  NOT record:Quarantined
  AND record.run <= $published AND NOT record.run IN $withdrawn
  AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
UNWIND keys(record) AS property
RETURN
  record.source AS source,
  coalesce(record.subject, "unknown") AS subject,
  property AS property,
  count(*) AS records
