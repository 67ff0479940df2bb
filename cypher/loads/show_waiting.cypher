// One row that waits in quarantine, whole.
MATCH (record:Record:Quarantined {record_version: $record_version})
WHERE record.ended_run IS NULL
RETURN
  record.source AS feed,
  record.supplier AS supplier,
  record.payload AS payload,
  record.record AS record,
  record.shields AS shields
LIMIT 1
