// Every two persons of whom people are asked whether they are one, and have not decided, of whom the one is among these.
UNWIND $persons AS wanted
MATCH (entry:Person {person_id: wanted})-[asked:POSSIBLE_SAME_AS]-(candidate:Person)
WHERE asked.ended_run IS NULL
RETURN
  entry.person_id AS entry,
  candidate.person_id AS candidate
