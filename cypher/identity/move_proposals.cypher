// Nothing: whoever may be the one person may be the other from this run on.
MATCH (entry:Person)-[proposal:POSSIBLE_SAME_AS]->(start:Person {person_id: $start})
WHERE proposal.ended_run IS NULL
SET proposal.ended_run = $run
WITH entry, proposal
WHERE entry.person_id <> $end
MATCH (end:Person {person_id: $end})
CREATE (entry)-[again:POSSIBLE_SAME_AS]->(end)
SET again = properties(proposal), again.run = $run, again.file_run = coalesce(proposal.file_run, proposal.run)
REMOVE again.ended_run
