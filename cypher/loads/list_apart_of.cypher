// Every two persons whom people have decided to be different, of whom the one is among these.
UNWIND $persons AS wanted
MATCH (one:Person {person_id: wanted})-[:MUST_NOT_LINK]-(other:Person)
RETURN
  one.person_id AS one,
  other.person_id AS other
