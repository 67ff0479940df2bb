// Sign-ins that failed between two moments, each with what was recorded of it.
MATCH (event:AuditEvent)
WHERE
  event.at >= $since
  AND event.at <= $until
  AND event.action = "session.begin"
  AND event.decision = "denied"
RETURN
  event.at AS at,
  event.content AS content
ORDER BY at, event.key
