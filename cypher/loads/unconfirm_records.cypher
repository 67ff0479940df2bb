// Nothing: forgets that a run said these records again.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})
SET record.confirmed_by = nullif([number IN record.confirmed_by WHERE number <> $run], [])
