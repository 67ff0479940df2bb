// Every visible fact with its two ends.
MATCH (subject)-[fact:CARED_FOR_BY|LIVES_AT|ATTENDS|REGISTERED_WITH|INVOLVES|SEEN_BY|WORKS_FOR|IN_AREA|RESPONSIBILITY_OF]->(target)
WHERE fact.fact_id IS NOT NULL AND fact.run <= $published AND NOT fact.run IN $withdrawn
  AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
RETURN
  type(fact) AS type,
  properties(fact) AS properties,
  coalesce(subject.person_id, subject.service_id, subject.practitioner_id) AS subject,
  coalesce(target.person_id, target.address_id, target.service_id, target.practitioner_id, target.gss_code) AS target
