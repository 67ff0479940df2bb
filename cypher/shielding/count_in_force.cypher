// How many children of an authority a shield is over.
MATCH (shield:Shield)-[:SHIELDS]->(child:Child)-[responsible:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: $authority})
WHERE
  NOT coalesce(shield.to <= $today, false)
  AND responsible.run <= $published AND NOT responsible.run IN $withdrawn
  AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
  AND coalesce(responsible.from <= $today, true)
  AND coalesce(responsible.to > $today, true)
RETURN count(DISTINCT child) AS number
