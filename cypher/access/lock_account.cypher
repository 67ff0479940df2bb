// An account as it is once nobody else can change it, for a sign-in by password and code.
MATCH (user:User {username: $username})-[:HAS_CREDENTIAL]->(credential:Credential)
SET user.locked_by = $op_id
WITH user, credential
RETURN
  user.user_id AS user_id,
  user.username AS username,
  user.name AS name,
  user.role AS role,
  user.organisation AS organisation,
  user.statutory AS statutory,
  user.authority AS authority,
  user.practitioner_id AS practitioner_id,
  user.service_id AS service_id,
  user.status = "active"
    AND coalesce(user.vetted_until >= $today, true)
    AND coalesce(user.trained_until >= $today, true) AS usable,
  credential.password_hash AS password_hash
