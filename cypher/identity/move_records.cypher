// The records that identified the one person and identify the other from this run on, in every version.
MATCH (start:Person {person_id: $start})<-[identifies:IDENTIFIES]-(record:Record)
WHERE identifies.ended_run IS NULL AND record.record IN $records
MATCH (end:Person {person_id: $end})
SET identifies.ended_run = $run
CREATE (record)-[again:IDENTIFIES]->(end)
SET again = $identifies
RETURN record.record_version AS key
