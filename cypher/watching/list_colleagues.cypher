// The names of everybody else with an account of each user's service, or of the organisation where neither has one.
UNWIND $users AS user_id
MATCH (user:User {user_id: user_id})
RETURN
  user_id AS user,
  COLLECT {
    MATCH (other:User {service_id: user.service_id})
    WHERE other <> user
    RETURN DISTINCT other.name
    UNION
    MATCH (other:User {organisation: user.organisation})
    WHERE other <> user AND other.service_id IS NULL AND user.service_id IS NULL
    RETURN DISTINCT other.name
  } AS names
