// The open facts that these records say of their subjects.
UNWIND $rows AS row
MATCH (subject:Practitioner {practitioner_id: row.subject_id})-[fact]->(target)
WHERE fact.record = row.record AND fact.ended_run IS NULL
RETURN
  row.record AS record,
  row.subject_id AS subject_id,
  fact.fact_id AS fact_id,
  type(fact) AS type,
  coalesce(target.person_id, target.address_id, target.service_id, target.practitioner_id, target.gss_code) AS target_id,
  properties(fact) AS properties
