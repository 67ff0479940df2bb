// Who leads for an authority's children today, and at which services they see them by an involvement open today.
MATCH (:LocalAuthority {gss_code: $authority})<-[responsible:RESPONSIBILITY_OF]-(child:Child)
WHERE
  responsible.run <= $published AND NOT responsible.run IN $withdrawn
  AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
  AND coalesce(responsible.from <= $today, true)
  AND coalesce(responsible.to > $today, true)
MATCH (child)-[seen:SEEN_BY {lead: true}]->(practitioner:Practitioner)
WHERE
  seen.said_on IS NULL
  AND seen.run <= $published AND NOT seen.run IN $withdrawn
  AND (seen.ended_run IS NULL OR seen.ended_run > $published OR seen.ended_run IN $withdrawn)
  AND coalesce(seen.from <= $today, true)
  AND coalesce(seen.to > $today, true)
RETURN
  child.child_id AS child_id,
  practitioner.practitioner_id AS practitioner_id,
  COLLECT {
    MATCH (child)-[involves:INVOLVES]->(service:Service)
    WHERE
      involves.involvement = seen.involvement
      AND involves.source = seen.source
      AND involves.supplier = seen.supplier
      AND involves.run <= $published AND NOT involves.run IN $withdrawn
      AND (involves.ended_run IS NULL OR involves.ended_run > $published OR involves.ended_run IN $withdrawn)
      AND coalesce(involves.from <= $today, true)
      AND coalesce(involves.to > $today, true)
    RETURN service.service_id
  } AS services
