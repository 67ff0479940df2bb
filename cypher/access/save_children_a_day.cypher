// The account whose user may open so many children a day.
MATCH (user:User {username: $username})
SET user.children_a_day = $children
RETURN user.user_id AS user_id
