// Who was shown a child between two moments, by the events of the audit, the newest first.
MATCH (event:AuditEvent)
WHERE
  event.at >= $since
  AND event.at <= $until
  AND event.decision = "allowed"
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
LIMIT 1000
