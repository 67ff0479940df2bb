// The time step of the code that is now spent; no row if it, or a later one, was spent before.
MATCH (:User {user_id: $user_id})-[:HAS_CREDENTIAL]->(credential:Credential)
WHERE credential.last_step < $step
SET credential.last_step = $step
RETURN credential.last_step AS step
