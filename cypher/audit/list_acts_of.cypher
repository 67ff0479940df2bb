// What one user did, the newest first; of one moment as their chain has them, which is one chain for all that a user does.
MATCH (event:AuditEvent {actor: $user_id})
WHERE event.at > 0
RETURN
  event.at AS at,
  event.actor AS actor,
  event.action AS action,
  event.decision AS decision,
  event.child_refs AS child_refs,
  event.content AS content
ORDER BY at DESC, event.seq DESC
LIMIT 501
