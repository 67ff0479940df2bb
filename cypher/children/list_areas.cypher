// The children's authorities, by name, each with its code.
MATCH (publication:Publication {id: "graph"})
MATCH (description:Record)-[describes:DESCRIBES]->(area:LocalAuthority)
WHERE
  description.name IS NOT NULL
  AND describes.run <= publication.published AND NOT describes.run IN publication.withdrawn
  AND (describes.ended_run IS NULL OR describes.ended_run > publication.published OR describes.ended_run IN publication.withdrawn)
  AND description.run <= publication.published AND NOT description.run IN publication.withdrawn
  AND (description.ended_run IS NULL OR description.ended_run > publication.published OR description.ended_run IN publication.withdrawn)
RETURN
  area.gss_code AS gss_code,
  head(collect(description.name)) AS name
ORDER BY name
LIMIT 500
