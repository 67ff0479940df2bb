// Of each question whether an entry is this child: where the entry came from and since when it waits, never what it says.
MATCH (child:Child {child_id: $child_id})-[proposal:POSSIBLE_SAME_AS]-(other:Person)
WHERE
  proposal.run <= $published AND NOT proposal.run IN $withdrawn
  AND (proposal.ended_run IS NULL OR proposal.ended_run > $published OR proposal.ended_run IN $withdrawn)
  AND NOT EXISTS {
    MATCH (other)<-[:SHIELDS]-(shield:Shield)
    WHERE NOT coalesce(shield.to <= $today, false)
  }
  // A life that is over by law, of which every NHS number is withdrawn, is nobody's to look at (matching.md 6.4).
  AND none(side IN [child, other] WHERE EXISTS {
    MATCH (side)<-[held:IDENTIFIES]-(number:Record)
    WHERE
      held.ended_run IS NULL
      AND EXISTS { (:WithdrawnNumber {nhs_number: number.nhs_number}) }
  } AND NOT EXISTS {
    MATCH (side)<-[held:IDENTIFIES]-(number:Record)
    WHERE
      held.ended_run IS NULL AND number.ended_run IS NULL AND number.nhs_number IS NOT NULL
      AND NOT EXISTS { (:WithdrawnNumber {nhs_number: number.nhs_number}) }
  })
OPTIONAL MATCH (run:Run {run: coalesce(proposal.file_run, proposal.run)})
RETURN
  proposal.record AS record,
  run.feed AS feed,
  coalesce(date(run.published_at), run.as_at) AS since
ORDER BY since, record
LIMIT 200
