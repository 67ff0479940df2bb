// How often signing in has failed, and until when this account waits.
MATCH (:User {user_id: $user_id})-[:HAS_CREDENTIAL]->(credential:Credential)
SET
  credential.failures = $failures,
  credential.wait_until = $wait_until
