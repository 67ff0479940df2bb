// The involvements by feeds of an authority’s children, open after a day; schools and practices are left out.
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
  AND involves.said_on IS NULL
  AND NOT service:School
  AND NOT service:GPPractice
RETURN
  child.child_id AS child_id,
  service.service_id AS service_id,
  involves.from AS since,
  involves.to AS until
