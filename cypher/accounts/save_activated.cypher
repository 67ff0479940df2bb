// Nothing: the link is spent, and the account is open to what its user has chosen.
MATCH (activation:Activation {key: $key})
MATCH (user:User {user_id: activation.user_id})-[:HAS_CREDENTIAL]->(credential:Credential)
SET
  activation.used_at = $now,
  user.status = "active",
  credential.password_hash = $password_hash,
  credential.totp_seed = $totp_seed,
  credential.last_step = $step
