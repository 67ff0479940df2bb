// Nothing: ends open facts in this run.
UNWIND $rows AS row
MATCH (subject:Service {service_id: row.subject_id})-[fact]->()
WHERE fact.fact_id = row.fact_id AND fact.ended_run IS NULL
SET fact.ended_run = $run
