// Nothing: what was proposed of this record is decided; a decision without a run of its own ends it for good (0).
MATCH (:Person {person_id: $entry})-[proposal:POSSIBLE_SAME_AS {record: $record}]->(candidate:Person)
WHERE proposal.ended_run IS NULL AND ($candidate IS NULL OR candidate.person_id = $candidate)
SET proposal.ended_run = $run
