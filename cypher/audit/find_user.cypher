// The account of a username.
MATCH (user:User {username: $username})
RETURN
  user.user_id AS user_id,
  user.name AS name
LIMIT 1
