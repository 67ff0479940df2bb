// The rows that wait in quarantine, oldest first, without a word of what they say.
MATCH (record:Record:Quarantined)
WHERE record.ended_run IS NULL
RETURN
  record.record_version AS record_version,
  record.source AS feed,
  record.supplier AS supplier,
  record.run AS run,
  record.line AS line,
  record.reason AS reason,
  record.shields AS shields
ORDER BY record.run, record.line
LIMIT $limit
