// What the password and code of a username are checked against, if there is such an account.
MATCH (user:User {username: $username})-[:HAS_CREDENTIAL]->(credential:Credential)
RETURN
  credential.password_hash AS password_hash,
  credential.totp_seed AS totp_seed,
  credential.last_step AS last_step
