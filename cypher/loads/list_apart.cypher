// Every two persons whom people have decided to be different.
MATCH (one:Person)-[:MUST_NOT_LINK]->(other:Person)
RETURN
  one.person_id AS one,
  other.person_id AS other
