// Of which services each sender of involvements has spoken, from its first hundred records: what its list is called.
MATCH (run:Run {feed: "involvements", outcome: "published"})
WHERE run.run <= $published AND NOT run.run IN $withdrawn
WITH DISTINCT run.supplier AS supplier
CALL (supplier) {
  MATCH (record:Record {source: "involvements", supplier: supplier})
  WHERE
    record.run <= $published AND NOT record.run IN $withdrawn
    AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
  WITH record
  LIMIT 100
  MATCH (record)-[:IDENTIFIES]->(person)-[involves:INVOLVES {record: record.record}]->(service)
  MATCH (service)<-[describes:DESCRIBES]-(description:Record)
  WHERE
    describes.run <= $published AND NOT describes.run IN $withdrawn
    AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
    AND description.run <= $published AND NOT description.run IN $withdrawn
    AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
  RETURN
    coalesce(description.organisation, description.name) AS organisation,
    description.kind AS kind,
    count(*) AS number
}
RETURN supplier AS supplier, organisation AS organisation, kind AS kind, number AS number
ORDER BY supplier, organisation, kind
LIMIT 1000000
