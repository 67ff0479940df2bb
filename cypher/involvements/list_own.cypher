// The involvements of a practitioner with a child, each with its service, as its sources say them.
MATCH (child:Child {child_id: $child_id})-[seen:SEEN_BY]->(:Practitioner {practitioner_id: $practitioner_id})
WHERE
  seen.run <= $published AND NOT seen.run IN $withdrawn
  AND (seen.ended_run IS NULL OR seen.ended_run > $published OR seen.ended_run IN $withdrawn)
MATCH (child)-[involves:INVOLVES {record: seen.record}]->(service:Service)
WHERE
  involves.run <= $published AND NOT involves.run IN $withdrawn
  AND (involves.ended_run IS NULL OR involves.ended_run > $published OR involves.ended_run IN $withdrawn)
RETURN
  seen.record AS record,
  seen.fact_id + "." + toString(seen.run) + "." + toString(coalesce(seen.said_at, 0)) AS version,
  seen.source AS source,
  seen.supplier AS supplier,
  seen.involvement AS involvement,
  CASE
    WHEN coalesce(seen.file_run, seen.run) > coalesce(involves.file_run, involves.run)
      THEN coalesce(seen.file_run, seen.run)
    ELSE coalesce(involves.file_run, involves.run)
  END AS run,
  seen.role AS role,
  seen.lead AS lead,
  seen.from AS since,
  seen.to AS until,
  involves.basis AS basis,
  involves.consent_given_on AS consent_given_on,
  service.service_id AS service_id,
  COLLECT {
    MATCH (description:Record)-[describes:DESCRIBES]->(service)
    WHERE
      describes.run <= $published AND NOT describes.run IN $withdrawn
      AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
      AND description.run <= $published AND NOT description.run IN $withdrawn
      AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
    RETURN description {.source, .run, .name, .kind, .organisation, .telephone, .hours, .email}
  } AS described,
  CASE
    WHEN seen.said_on IS NULL THEN null
    ELSE {on: seen.said_on, at: seen.said_at, after: seen.said_after, corrects: seen.corrects}
  END AS said
ORDER BY record
LIMIT 1000
