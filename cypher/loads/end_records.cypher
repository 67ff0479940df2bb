// Nothing: ends records in this run.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})
SET record.ended_run = $run
