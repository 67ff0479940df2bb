// The records that a run made or ended.
MATCH (record:Record {run: $run})
RETURN record.record_version AS record_version
UNION
MATCH (record:Record {ended_run: $run})
RETURN record.record_version AS record_version
