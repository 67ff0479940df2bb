// The accounts that may sign in, with the service that each works for and what their authenticators are made from.
MATCH (user:User {status: "active"})-[:HAS_CREDENTIAL]->(credential:Credential)
MATCH (publication:Publication {id: "graph"})
OPTIONAL MATCH (:Service {service_id: user.service_id})<-[describes:DESCRIBES]-(description:Record)
WHERE
  describes.run <= publication.published AND NOT describes.run IN publication.withdrawn
  AND (describes.ended_run IS NULL OR describes.ended_run > publication.published
    OR describes.ended_run IN publication.withdrawn)
  AND description.run <= publication.published AND NOT description.run IN publication.withdrawn
  AND (description.ended_run IS NULL OR description.ended_run > publication.published
    OR description.ended_run IN publication.withdrawn)
RETURN
  user.username AS username,
  user.name AS name,
  user.role AS role,
  user.organisation AS organisation,
  min(description.name) AS service,
  credential.totp_seed AS totp_seed,
  credential.last_step AS last_step
ORDER BY username
LIMIT 200
