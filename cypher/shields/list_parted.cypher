// Whom people have decided to be others than this person.
MATCH (:Person {person_id: $person_id})-[:MUST_NOT_LINK]-(other:Person)
RETURN DISTINCT other.person_id AS person_id
LIMIT 10000
