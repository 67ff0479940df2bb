// An account as an administrator sees it, without secrets.
MATCH (user:User {username: $username})
RETURN
  user.user_id AS user_id,
  user.username AS username,
  user.name AS name,
  user.role AS role,
  user.organisation AS organisation,
  user.authority AS authority,
  user.statutory AS statutory,
  user.practitioner_id AS practitioner_id,
  user.service_id AS service_id,
  user.vetted_until AS vetted_until,
  user.trained_until AS trained_until,
  user.children_a_day AS children_a_day,
  user.status AS status
