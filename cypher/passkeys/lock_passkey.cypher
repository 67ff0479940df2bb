// The user of a passkey, once nobody else can change either, and what its answers are checked against.
MATCH (user:User)-[:HAS_PASSKEY]->(passkey:Passkey {credential_id: $credential_id})
SET user.locked_by = $op_id
WITH user, passkey
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
  passkey.public_key AS public_key,
  passkey.sign_count AS sign_count
