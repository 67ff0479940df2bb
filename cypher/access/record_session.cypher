// The one open session of a user: every other has ended, and the code that opened it is spent.
MATCH (user:User {user_id: $user_id})-[:HAS_CREDENTIAL]->(credential:Credential)
WHERE credential.last_step < $step
SET
  credential.last_step = $step,
  credential.failures = 0,
  credential.wait_until = 0
WITH user
CALL (user) {
  MATCH (other:Session {user_id: user.user_id})
  WHERE other.ended_at IS NULL
  SET other.ended_at = $now
}
CREATE (session:Session {
  token_hash: $token_hash,
  user_id: user.user_id,
  created_at: $now,
  seen_at: $now,
  expires_at: $expires_at
})
RETURN session.token_hash AS token_hash
