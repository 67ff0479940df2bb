// The account that can no longer be used, and whose sessions have ended.
MATCH (user:User {username: $username})
SET user.status = "disabled"
WITH user
CALL (user) {
  MATCH (session:Session {user_id: user.user_id})
  WHERE session.ended_at IS NULL
  SET
    session.ended_at = $now,
    session.ended_because = "suspended"
}
RETURN user.user_id AS user_id
