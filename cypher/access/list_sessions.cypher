// A user's sessions of late, the newest first.
MATCH (session:Session {user_id: $user_id})
RETURN
  session.token_hash = $token_hash AS this,
  session.created_at AS begun_at,
  session.seen_at AS seen_at,
  session.ended_at AS ended_at,
  session.ended_because AS ended_because,
  session.proven_by AS proven_by,
  session.expires_at AS expires_at
ORDER BY begun_at DESC
LIMIT 10
