// How many open sessions of a user have now ended.
MATCH (session:Session {user_id: $user_id})
WHERE session.ended_at IS NULL
SET
  session.ended_at = $now,
  session.ended_because = $because
RETURN count(session) AS number
