// The judgement just kept, about both persons; it is never deleted.
MATCH (entry:Person {person_id: $entry})
MATCH (candidate:Person {person_id: $candidate})
CREATE (judgement:Judgement {judgement_id: $judgement_id})
SET judgement += $properties
CREATE (judgement)-[:ABOUT]->(entry)
CREATE (judgement)-[:ABOUT]->(candidate)
RETURN judgement.judgement_id AS key
