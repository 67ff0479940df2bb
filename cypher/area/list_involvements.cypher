// The involvements of an authority's children that have begun and were open after a day; schools and practices left out.
MATCH (:LocalAuthority {gss_code: $authority})<-[responsible:RESPONSIBILITY_OF]-(child:Child)
WHERE
  responsible.run <= $published AND NOT responsible.run IN $withdrawn
  AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
  AND coalesce(responsible.from <= $today, true)
  AND coalesce(responsible.to > $today, true)
MATCH (child)-[involves:INVOLVES]->(service:Service)
WHERE
  involves.run <= $published AND NOT involves.run IN $withdrawn
  AND (involves.ended_run IS NULL OR involves.ended_run > $published OR involves.ended_run IN $withdrawn)
  AND coalesce(involves.from <= $today, true)
  AND coalesce(involves.to > $open_after, true)
  AND NOT service:School
  AND NOT service:GPPractice
RETURN
  child.child_id AS child_id,
  service.service_id AS service_id,
  involves.from AS since,
  involves.to AS until
