// Nothing: asks of each row whether its person is the candidate.
UNWIND $rows AS row
MATCH (person:Person {person_id: row.person_id})
MATCH (candidate:Person {person_id: row.candidate})
CREATE (person)-[asked:POSSIBLE_SAME_AS]->(candidate)
SET asked = row.properties
