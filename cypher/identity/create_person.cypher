// A person of their own, whom no record identifies yet.
CREATE (person:Person {person_id: $person_id, run: $run})
RETURN person.person_id AS key
