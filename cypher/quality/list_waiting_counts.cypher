// How many rows of each feed wait in quarantine.
MATCH (record:Record:Quarantined)
WHERE record.ended_run IS NULL AND record.run <= $published AND NOT record.run IN $withdrawn
RETURN
  record.source AS source,
  count(*) AS rows
ORDER BY source
LIMIT 1000
