// The override with what came of looking into it; its notice has been answered, and the right may be gone.
MATCH (override:Override {override_id: $override_id})
SET
  override.finding = $finding,
  override.owner = $user_id,
  override.found_at = $at
WITH override
OPTIONAL MATCH (notice:Notice {about: override.override_id})
SET notice.answered_at = $at
WITH DISTINCT override
OPTIONAL MATCH (user:User {user_id: override.user_id})
FOREACH (loses IN CASE WHEN $takes_right THEN [user] ELSE [] END | SET loses.may_override = false)
RETURN override.override_id AS key
