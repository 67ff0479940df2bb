// The open facts in which somebody is cared for by a person, each with the key of the record that says it.
MATCH (subject:Person)-[fact:CARED_FOR_BY]->(target:Person {person_id: $person_id})
WHERE fact.ended_run IS NULL
RETURN
  type(fact) AS type,
  subject.person_id AS subject_id,
  target.person_id AS target_id,
  properties(fact) AS properties,
  head(COLLECT {
    MATCH (record:Record {record: fact.record})
    RETURN record.key
    LIMIT 1
  }) AS key
LIMIT 1000
