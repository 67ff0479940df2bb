// How many questions a user has asked.
MATCH (asking:Asking {asked_by: $user_id})
RETURN count(asking) AS number
