// Accounts, and the kinds of the services for which they work, by their account or as a practitioner.
MATCH (publication:Publication {id: "graph"})
UNWIND $users AS user_id
MATCH (user:User {user_id: user_id})
CALL (user) {
  MATCH (service:Service {service_id: user.service_id})
  RETURN service
  UNION
  MATCH (:Practitioner {practitioner_id: user.practitioner_id})-[works:WORKS_FOR]->(service:Service)
  MATCH (graph:Publication {id: "graph"})
  WHERE
    works.run <= graph.published AND NOT works.run IN graph.withdrawn
    AND (works.ended_run IS NULL OR works.ended_run > graph.published OR works.ended_run IN graph.withdrawn)
  RETURN service
  UNION
  RETURN null AS service
}
OPTIONAL MATCH (description:Record)-[describes:DESCRIBES]->(service)
WHERE
  description.kind IS NOT NULL
  AND describes.run <= publication.published AND NOT describes.run IN publication.withdrawn
  AND (describes.ended_run IS NULL OR describes.ended_run > publication.published OR describes.ended_run IN publication.withdrawn)
  AND description.run <= publication.published AND NOT description.run IN publication.withdrawn
  AND (description.ended_run IS NULL OR description.ended_run > publication.published OR description.ended_run IN publication.withdrawn)
RETURN
  user.user_id AS user_id,
  user.name AS name,
  user.statutory AS statutory,
  user.service_id IS NOT NULL OR user.practitioner_id IS NOT NULL AS linked,
  collect(DISTINCT description.kind) AS kinds
LIMIT 501
