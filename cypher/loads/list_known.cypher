// Every version of these records.
UNWIND $records AS wanted
MATCH (record:Record {record: wanted})
WHERE NOT record:Quarantined
RETURN
  record.record AS record,
  record.version AS version,
  record.content_hash AS content_hash,
  record.key AS key,
  record.subject AS subject,
  record.ended_run IS NULL AS open
