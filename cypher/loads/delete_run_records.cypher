// Nothing: takes away these records where a run made them.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})
WHERE record.run = $run
DETACH DELETE record
