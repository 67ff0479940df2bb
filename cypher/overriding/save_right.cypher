// The account that holds the right to override a shield, or holds it no more.
MATCH (user:User {username: $username})
SET user.may_override = $held
RETURN user.user_id AS user_id
