// Everybody else with an account of each user's service, or of the organisation where neither has one.
UNWIND $users AS user_id
MATCH (user:User {user_id: user_id})
RETURN
  user_id AS user,
  COLLECT {
    MATCH (other:User {service_id: user.service_id})
    WHERE other <> user
    RETURN {name: other.name, homes: coalesce(other.home_keys, [])}
    UNION
    MATCH (other:User {organisation: user.organisation})
    WHERE other <> user AND other.service_id IS NULL AND user.service_id IS NULL
    RETURN {name: other.name, homes: coalesce(other.home_keys, [])}
  } AS colleagues
