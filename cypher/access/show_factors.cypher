// What a user's password and code are checked against, and whether there is a passkey.
MATCH (user:User {user_id: $user_id})-[:HAS_CREDENTIAL]->(credential:Credential)
RETURN
  user.username AS username,
  credential.totp_seed AS totp_seed,
  COUNT { (user)-[:HAS_PASSKEY]->(:Passkey) } AS passkeys
