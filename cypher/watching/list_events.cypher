// What users did between two moments, in order. Acts at the command line and by nobody known are left out.
MATCH (event:AuditEvent)
WHERE
  event.at >= $since
  AND event.at <= $until
  AND any(kind IN $watched WHERE event.action STARTS WITH kind)
  AND event.actor <> "unknown"
RETURN
  event.at AS at,
  event.actor AS actor,
  event.action AS action,
  event.decision = "allowed" AS allowed,
  event.child_refs AS children
ORDER BY at, event.key
