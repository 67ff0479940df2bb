// Nothing: of what is proposed for other records of the one person, the other is the entry from this run on.
MATCH (start:Person {person_id: $start})-[proposal:POSSIBLE_SAME_AS]->(candidate:Person)
WHERE proposal.ended_run IS NULL AND ($records IS NULL OR proposal.record IN $records)
SET proposal.ended_run = $run
WITH candidate, proposal
WHERE candidate.person_id <> $end
MATCH (end:Person {person_id: $end})
CREATE (end)-[again:POSSIBLE_SAME_AS]->(candidate)
SET again = properties(proposal), again.run = $run, again.file_run = coalesce(proposal.file_run, proposal.run)
REMOVE again.ended_run
