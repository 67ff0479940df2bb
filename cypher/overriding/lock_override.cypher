// One override, once nobody else can change it.
MATCH (override:Override {override_id: $override_id})
SET override.locked_by = $op_id
WITH override
OPTIONAL MATCH (user:User {user_id: override.user_id})
OPTIONAL MATCH (owner:User {user_id: override.owner})
RETURN
  override.override_id AS override_id,
  override.child_id AS child_id,
  override.authority AS authority,
  override.user_id AS user_id,
  user.name AS name,
  user.organisation AS organisation,
  override.words AS words,
  override.at AS at,
  override.due_on AS due_on,
  override.owner AS owner_id,
  owner.name AS owner,
  override.finding AS finding
