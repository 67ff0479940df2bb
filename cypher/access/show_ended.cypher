// When and why a session is not open any more; no row if nobody ever had this token.
MATCH (session:Session {token_hash: $token_hash})
MATCH (user:User {user_id: session.user_id})
RETURN
  coalesce(
    session.ended_because,
    CASE
      WHEN user.status <> "active" THEN "suspended"
      WHEN user.vetted_until < $today THEN "unvetted"
      WHEN user.trained_until < $today THEN "untrained"
      WHEN session.expires_at <= $now THEN "long"
      WHEN session.seen_at <= $idle_since[user.role] THEN "idle"
      ELSE "ended"
    END
  ) AS because,
  session.ended_at AS at
