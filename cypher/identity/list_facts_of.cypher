// The open facts that these records say of a person.
MATCH (subject:Person {person_id: $person_id})-[fact:CARED_FOR_BY|LIVES_AT|ATTENDS|REGISTERED_WITH|INVOLVES|SEEN_BY]->(target)
WHERE fact.record IN $records AND fact.ended_run IS NULL
RETURN
  type(fact) AS type,
  subject.person_id AS subject_id,
  coalesce(target.person_id, target.address_id, target.service_id, target.practitioner_id) AS target_id,
  properties(fact) AS properties,
  null AS key
LIMIT 4000
