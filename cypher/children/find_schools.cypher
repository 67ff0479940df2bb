// Schools whose names have words like these, as they are described now; the likest first.
MATCH (publication:Publication {id: "graph"})
CALL db.index.fulltext.queryNodes("record_name", $words, {limit: 500}) YIELD node AS description, score
MATCH (description)-[describes:DESCRIBES]->(school:School)
WHERE
  NOT description:Quarantined
  AND description.run <= publication.published AND NOT description.run IN publication.withdrawn
  AND (description.ended_run IS NULL OR description.ended_run > publication.published OR description.ended_run IN publication.withdrawn)
  AND describes.run <= publication.published AND NOT describes.run IN publication.withdrawn
  AND (describes.ended_run IS NULL OR describes.ended_run > publication.published OR describes.ended_run IN publication.withdrawn)
RETURN DISTINCT school.service_id AS service_id
ORDER BY service_id
LIMIT 51
