// Nothing: notes that a delta said these records again unchanged.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})
WHERE NOT $run IN coalesce(record.confirmed_by, [])
SET record.confirmed_by = coalesce(record.confirmed_by, []) + $run
