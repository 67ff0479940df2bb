// A new account with its credential, joined to the practitioner that it acts as if the graph knows that one.
CREATE (user:User {
  user_id: $user_id,
  username: $username,
  name: $name,
  role: $role,
  organisation: $organisation,
  statutory: $statutory,
  authority: $authority,
  practitioner_id: $practitioner_id,
  service_id: $service_id,
  status: "active",
  vetted_until: $vetted_until,
  trained_until: $trained_until,
  shard: $shard
})
CREATE (user)-[:HAS_CREDENTIAL]->(:Credential {
  password_hash: $password_hash,
  totp_seed: $totp_seed,
  last_step: 0
})
WITH user
OPTIONAL MATCH (practitioner:Practitioner {practitioner_id: $practitioner_id})
FOREACH (known IN CASE WHEN practitioner IS NULL THEN [] ELSE [practitioner] END | CREATE (user)-[:ACTS_AS]->(known))
RETURN user.user_id AS user_id
