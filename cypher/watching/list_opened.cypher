// What these users did with the pages of children between two moments, in order.
UNWIND $users AS user
MATCH (event:AuditEvent {actor: user})
WHERE
  event.at >= $since
  AND event.at <= $until
  AND any(kind IN $watched WHERE event.action STARTS WITH kind)
RETURN
  event.at AS at,
  event.actor AS actor,
  event.action AS action,
  event.decision = "allowed" AS allowed,
  event.child_refs AS children
ORDER BY at, event.key
