// The override that a lead looks into from now on.
MATCH (override:Override {override_id: $override_id})
SET override.owner = $user_id
RETURN override.override_id AS key
