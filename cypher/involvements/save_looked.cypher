// Nothing: from now on what changed after this mark is told to the user.
MATCH (user:User {user_id: $user_id})
WHERE coalesce(user.looked_at, 0) <= $looked_at
SET
  user.looked_run = $looked_run,
  user.looked_at = $looked_at
