// What waits of these entries: each proposal with what orders it and who has said what, never a name.
UNWIND $entries AS wanted
MATCH (entry:Person {person_id: wanted})-[proposal:POSSIBLE_SAME_AS]->(candidate:Person)
WHERE
  proposal.run <= $published AND NOT proposal.run IN $withdrawn
  AND (proposal.ended_run IS NULL OR proposal.ended_run > $published OR proposal.ended_run IN $withdrawn)
  // A life that is over by law, of which every NHS number is withdrawn, is nobody's to look at (matching.md 6.4).
  AND none(side IN [entry, candidate] WHERE EXISTS {
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
CALL (entry, candidate) {
  UNWIND [entry, candidate] AS side
  MATCH (side)<-[identifies:IDENTIFIES]-(said:Record)
  WHERE
    identifies.run <= $published AND NOT identifies.run IN $withdrawn
    AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
    AND said.run <= $published AND NOT said.run IN $withdrawn
    AND (said.ended_run IS NULL OR said.ended_run > $published OR said.ended_run IN $withdrawn)
    AND NOT said:Quarantined
  RETURN
    collect(DISTINCT said.date_of_birth) AS births,
    any(multiple IN collect(said.multiple_birth) WHERE multiple) AS multiple,
    collect(DISTINCT CASE WHEN side = entry THEN said.record END) AS records
}
CALL (entry, candidate) {
  UNWIND [entry, candidate] AS side
  MATCH (side)-[involves:INVOLVES]->(:Service)<-[describes:DESCRIBES]-(description:Record)
  WHERE
    description.kind IN $first_kinds
    AND coalesce(involves.from <= $today, true)
    AND coalesce(involves.to > $today, true)
    AND involves.run <= $published AND NOT involves.run IN $withdrawn
    AND (involves.ended_run IS NULL OR involves.ended_run > $published OR involves.ended_run IN $withdrawn)
    AND describes.run <= $published AND NOT describes.run IN $withdrawn
    AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
    AND description.run <= $published AND NOT description.run IN $withdrawn
    AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
  RETURN count(*) > 0 AS first_kinds
}
RETURN
  entry.person_id AS entry,
  candidate.person_id AS candidate,
  proposal.record AS record,
  head(COLLECT {
    MATCH (said:Record {record: proposal.record})
    WHERE NOT said:Quarantined
    RETURN said {.source, .supplier, .line} AS source
    ORDER BY said.version DESC
    LIMIT 1
  }) AS origin,
  proposal.reason AS reason,
  proposal.weight AS weight,
  proposal.margin AS margin,
  coalesce(proposal.parts, []) AS parts,
  proposal.policy AS policy,
  proposal.model AS model,
  coalesce(proposal.file_run, proposal.run) AS run,
  head(COLLECT {
    MATCH (run:Run {run: coalesce(proposal.file_run, proposal.run)})
    RETURN coalesce(date(run.published_at), run.as_at) AS since
  }) AS since,
  EXISTS {
    MATCH (entry)-[:POSSIBLE_SAME_AS {record: proposal.record}]->(near:Person)<-[:SHIELDS]-(shield:Shield)
    WHERE NOT coalesce(shield.to <= $today, false)
  } OR EXISTS {
    MATCH (entry)<-[:SHIELDS]-(shield:Shield)
    WHERE NOT coalesce(shield.to <= $today, false)
  } AS shielded,
  births AS births,
  first_kinds AS first_kinds,
  size([record IN records WHERE record <> proposal.record]) > 0 AS more_records,
  multiple AS multiple,
  COLLECT {
    UNWIND [entry, candidate] AS side
    MATCH (side)-[responsible:RESPONSIBILITY_OF]->(area:LocalAuthority)
    WHERE
      area.gss_code <> "unknown"
      AND responsible.run <= $published AND NOT responsible.run IN $withdrawn
      AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
      AND coalesce(responsible.from <= $today, true)
      AND coalesce(responsible.to > $today, true)
    RETURN DISTINCT area.gss_code
  } AS authorities,
  COLLECT {
    MATCH (judgement:Judgement {record: proposal.record})-[:ABOUT]->(entry)
    WHERE
      judgement.candidate = candidate.person_id AND judgement.kind = "case"
      AND judgement.after >= coalesce(proposal.file_run, proposal.run)
    RETURN judgement {.by, .said, .at} AS opinion
    ORDER BY judgement.at
  } AS opinions
LIMIT 20000
