// The child whose record was left: the override by which it was seen shows nothing from now on.
MATCH (override:Override {user_id: $user_id})
WHERE override.session = $session AND override.ended_at IS NULL
SET override.ended_at = $now
RETURN override.child_id AS child_id
