// The account whose home is known by keyed hashes of its postcode and the streets around.
MATCH (user:User {username: $username})
SET user.home_keys = $homes
RETURN user.user_id AS user_id
