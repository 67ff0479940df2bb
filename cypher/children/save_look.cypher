// Nothing: keeps when this user last had this circle and how far the graph was published then; ids and numbers only.
MERGE (look:Look {user_id: $user_id, child_id: $child_id})
SET
  look.run = $run,
  look.at = $at,
  look.before_run = $before_run,
  look.before_at = $before_at
