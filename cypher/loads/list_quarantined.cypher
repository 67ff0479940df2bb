// Those of these rows that wait in quarantine already.
UNWIND $versions AS wanted
MATCH (record:Record:Quarantined {record_version: wanted})
RETURN record.record_version AS key
