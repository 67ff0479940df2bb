// Of each question whether an entry is this child: where the entry came from and since when it waits, never what it says.
MATCH (child:Child {child_id: $child_id})-[proposal:POSSIBLE_SAME_AS]-(other:Person)
WHERE
  proposal.run <= $published AND NOT proposal.run IN $withdrawn
  AND (proposal.ended_run IS NULL OR proposal.ended_run > $published OR proposal.ended_run IN $withdrawn)
  AND NOT EXISTS {
    MATCH (other)<-[:SHIELDS]-(shield:Shield)
    WHERE NOT coalesce(shield.to <= $today, false)
  }
OPTIONAL MATCH (run:Run {run: coalesce(proposal.file_run, proposal.run)})
RETURN
  proposal.record AS record,
  run.feed AS feed,
  coalesce(date(run.published_at), run.as_at) AS since
ORDER BY since, record
LIMIT 200
