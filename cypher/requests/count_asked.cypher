// How many requests a user made.
MATCH (request:Request {asked_by: $user_id})
RETURN count(request) AS number
