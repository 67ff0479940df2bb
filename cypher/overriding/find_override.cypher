// The override by which this session sees this child now; none once the user has lost the right.
MATCH (override:Override {user_id: $user_id})
WHERE
  EXISTS { (:User {user_id: $user_id, may_override: true}) }
  AND override.session = $session
  AND override.child_id = $child_id
  AND override.ended_at IS NULL
  AND override.until > $now
RETURN
  override.override_id AS override_id,
  override.until AS until
ORDER BY until DESC
LIMIT 1
