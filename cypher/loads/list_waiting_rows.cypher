// Every row that waits in quarantine, whole, for a load that may bring more of the same child.
MATCH (record:Record:Quarantined)
WHERE record.ended_run IS NULL
RETURN
  record.record AS record,
  record.record_version AS record_version,
  record.shields AS shields,
  record.payload AS payload
