// Nothing: an account waits for its user, and whatever opened it before opens it no longer.
MATCH (user:User {user_id: $user_id})-[:HAS_CREDENTIAL]->(credential:Credential)
SET
  user.status = "invited",
  credential.password_hash = $password_hash,
  credential.totp_seed = $totp_seed
WITH user
OPTIONAL MATCH (user)-[:HAS_PASSKEY]->(passkey:Passkey)
DETACH DELETE passkey
WITH DISTINCT user
OPTIONAL MATCH (device:Device {user_id: user.user_id})
DETACH DELETE device
