// The user of a session that is open now, and when it was last used.
MATCH (session:Session {token_hash: $token_hash})
MATCH (user:User {user_id: session.user_id})
WHERE
  session.ended_at IS NULL
  AND session.expires_at > $now
  AND session.seen_at > $idle_since[user.role]
  AND user.status = "active"
  AND coalesce(user.vetted_until >= $today, true)
  AND coalesce(user.trained_until >= $today, true)
RETURN
  user.user_id AS user_id,
  user.username AS username,
  user.name AS name,
  user.role AS role,
  user.organisation AS organisation,
  user.statutory AS statutory,
  user.authority AS authority,
  user.practitioner_id AS practitioner_id,
  user.service_id AS service_id,
  session.seen_at AS seen_at
