// Nothing: opens these records again where a run ended them.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})
WHERE record.ended_run = $run
REMOVE record.ended_run
