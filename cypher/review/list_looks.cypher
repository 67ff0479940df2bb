// Who was shown one of these children between two moments, the newest first; what is decided of them shows no more.
MATCH (event:AuditEvent)
WHERE
  event.at >= $since
  AND event.at <= $until
  AND event.decision = "allowed"
  AND NOT event.action IN $own
  AND any(child IN $children WHERE child IN event.child_refs)
RETURN
  event.at AS at,
  event.actor AS actor,
  event.action AS action,
  event.content AS content,
  head(COLLECT {
    MATCH (user:User {user_id: event.actor})
    RETURN user.name
  }) AS name
ORDER BY at DESC
