// The entries that wait for a person to say whose they are: of one authority, or all.
MATCH (entry:Person)-[proposal:POSSIBLE_SAME_AS]->(candidate:Person)
WHERE
  proposal.run <= $published AND NOT proposal.run IN $withdrawn
  AND (proposal.ended_run IS NULL OR proposal.ended_run > $published OR proposal.ended_run IN $withdrawn)
  AND ($authority IS NULL OR EXISTS {
    MATCH (entry)-[responsible:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: $authority})
    WHERE
      responsible.run <= $published AND NOT responsible.run IN $withdrawn
      AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
      AND coalesce(responsible.from <= $today, true)
      AND coalesce(responsible.to > $today, true)
  } OR EXISTS {
    MATCH (candidate)-[responsible:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: $authority})
    WHERE
      responsible.run <= $published AND NOT responsible.run IN $withdrawn
      AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
      AND coalesce(responsible.from <= $today, true)
      AND coalesce(responsible.to > $today, true)
  })
RETURN DISTINCT entry.person_id AS key
LIMIT 20000
