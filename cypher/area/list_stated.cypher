// The children of an authority of whom a practitioner has said something in Signpost.
MATCH (record:Record {source: "signpost"})
WHERE
  record.supplier IS NOT NULL
  AND record.run <= $published AND NOT record.run IN $withdrawn
  AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
MATCH (record)-[identifies:IDENTIFIES]->(child:Child)
WHERE
  identifies.run <= $published AND NOT identifies.run IN $withdrawn
  AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
MATCH (child)-[responsible:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: $authority})
WHERE
  responsible.run <= $published AND NOT responsible.run IN $withdrawn
  AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
  AND coalesce(responsible.from <= $today, true)
  AND coalesce(responsible.to > $today, true)
RETURN DISTINCT child.child_id AS child_id
ORDER BY child_id
LIMIT 100000
