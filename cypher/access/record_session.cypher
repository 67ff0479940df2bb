// The one open session of a user: every other has ended.
MATCH (user:User {user_id: $user_id})
CALL (user) {
  MATCH (other:Session {user_id: user.user_id})
  WHERE other.ended_at IS NULL
  SET
    other.ended_at = $now,
    other.ended_because = "newer"
}
CREATE (session:Session {
  token_hash: $token_hash,
  user_id: user.user_id,
  proven_by: $proven_by,
  created_at: $now,
  seen_at: $now,
  expires_at: $expires_at
})
RETURN session.token_hash AS token_hash
