// The records that identify a child, each with what it says last, and how and when it came to be this child's.
MATCH (child:Child {child_id: $child_id})<-[identifies:IDENTIFIES]-(version:Record {subject: "child"})
WHERE
  identifies.run <= $published AND NOT identifies.run IN $withdrawn
  AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
  AND version.run <= $published AND NOT version.run IN $withdrawn
  AND NOT version:Quarantined
WITH child, version, identifies
ORDER BY version.version
WITH child, version.record AS record, collect(version) AS versions, collect(identifies) AS ties
WITH
  child,
  record,
  last(versions) AS said,
  coalesce(head([tie IN ties WHERE tie.method <> "own_key"]), head(ties)) AS tie
WITH
  child,
  record,
  said,
  tie,
  COLLECT {
    MATCH (child)-[involves:INVOLVES]->(service)
    WHERE
      involves.record = record
      AND involves.run <= $published AND NOT involves.run IN $withdrawn
    OPTIONAL MATCH (description:Record)-[describes:DESCRIBES]->(service)
    WHERE
      describes.run <= $published AND NOT describes.run IN $withdrawn
      AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
      AND description.run <= $published AND NOT description.run IN $withdrawn
      AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
    RETURN DISTINCT description.kind
  } AS kinds
WHERE NOT said.source IN ["involvements", "signpost"] OR any(kind IN kinds WHERE kind IN $kinds)
RETURN
  record,
  said.source AS source,
  said.forename AS forename,
  said.middle_names AS middle_names,
  said.family_name AS family_name,
  said.date_of_birth AS date_of_birth,
  said.nhs_number AS nhs_number,
  said.ended_run IS NULL OR said.ended_run > $published OR said.ended_run IN $withdrawn AS said_now,
  tie.method AS method,
  coalesce(tie.parts, []) AS parts,
  head(COLLECT {
    MATCH (run:Run {run: tie.run})
    RETURN run.published_at.epochMillis
  }) AS since,
  head(COLLECT {
    MATCH (run:Run {run: tie.run})
    RETURN coalesce(date(run.published_at), run.as_at)
  }) AS since_on,
  COLLECT {
    MATCH (child)-[fact:ATTENDS|REGISTERED_WITH|INVOLVES]->(service)<-[describes:DESCRIBES]-(description:Record)
    WHERE
      fact.record = record
      AND fact.run <= $published AND NOT fact.run IN $withdrawn
      AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
      AND describes.run <= $published AND NOT describes.run IN $withdrawn
      AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
      AND description.run <= $published AND NOT description.run IN $withdrawn
      AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
      AND description.name IS NOT NULL
    RETURN DISTINCT {kind: CASE WHEN type(fact) = "INVOLVES" THEN description.kind END, name: description.name}
  } AS services
ORDER BY since_on, source, record
LIMIT 1000
