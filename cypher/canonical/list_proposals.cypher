// Every visible question whether two persons are one.
MATCH (person:Person)-[asked:POSSIBLE_SAME_AS]->(candidate:Person)
WHERE asked.run <= $published AND NOT asked.run IN $withdrawn
  AND (asked.ended_run IS NULL OR asked.ended_run > $published OR asked.ended_run IN $withdrawn)
RETURN
  properties(asked) AS properties,
  person.person_id AS subject,
  candidate.person_id AS candidate
