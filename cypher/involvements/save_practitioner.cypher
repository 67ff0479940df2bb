// The practitioner whom a user acts as from now on, made with a description of their own if nothing describes them.
MATCH (user:User {user_id: $user_id})
MERGE (practitioner:Practitioner {practitioner_id: $practitioner_id})
  ON CREATE SET
    practitioner.source = "signpost",
    practitioner.code = $user_id,
    practitioner.run = 0
MERGE (user)-[:ACTS_AS]->(practitioner)
SET user.practitioner_id = $practitioner_id
WITH practitioner
MATCH (service:Service {service_id: $service_id})
CALL (practitioner, service) {
  WITH practitioner, service
  WHERE NOT EXISTS { (practitioner)<-[:DESCRIBES]-(:Record) }
  CREATE (record:Record)-[:DESCRIBES {run: 0}]->(practitioner)
  SET record = $record
  CREATE (practitioner)-[works:WORKS_FOR]->(service)
  SET works = $works
}
RETURN practitioner.practitioner_id AS key
