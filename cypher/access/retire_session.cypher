// The user whose open session has now ended.
MATCH (session:Session {token_hash: $token_hash})
MATCH (user:User {user_id: session.user_id})
SET user.locked_by = $op_id
WITH session, user
WHERE session.ended_at IS NULL
SET
  session.ended_at = $now,
  session.ended_because = "signed_out"
RETURN
  user.user_id AS user_id,
  user.organisation AS organisation,
  user.role AS role
