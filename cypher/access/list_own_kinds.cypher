// The kinds of the services for which a user works, by their account or as a practitioner.
MATCH (publication:Publication {id: "graph"})
CALL () {
  MATCH (service:Service {service_id: $service_id})
  RETURN service
  UNION
  MATCH (practitioner:Practitioner {practitioner_id: $practitioner_id})-[works:WORKS_FOR]->(service:Service)
  MATCH (graph:Publication {id: "graph"})
  WHERE
    coalesce(works.from <= $today, true)
    AND coalesce(works.to > $today, true)
    AND works.run <= graph.published AND NOT works.run IN graph.withdrawn
    AND (works.ended_run IS NULL OR works.ended_run > graph.published OR works.ended_run IN graph.withdrawn)
  RETURN service
}
MATCH (description:Record)-[describes:DESCRIBES]->(service)
WHERE
  description.kind IS NOT NULL
  AND describes.run <= publication.published AND NOT describes.run IN publication.withdrawn
  AND (describes.ended_run IS NULL OR describes.ended_run > publication.published OR describes.ended_run IN publication.withdrawn)
  AND description.run <= publication.published AND NOT description.run IN publication.withdrawn
  AND (description.ended_run IS NULL OR description.ended_run > publication.published OR description.ended_run IN publication.withdrawn)
RETURN DISTINCT description.kind AS kind
ORDER BY kind
LIMIT 20
