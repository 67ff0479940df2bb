// The mark up to which the user has seen what changed with their children; nulls if they have never looked.
MATCH (user:User {user_id: $user_id})
RETURN
  user.looked_run AS looked_run,
  user.looked_at AS looked_at
