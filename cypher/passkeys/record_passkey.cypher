// The credential id of a user's new passkey.
MATCH (user:User {user_id: $user_id})
CREATE (user)-[:HAS_PASSKEY]->(passkey:Passkey {
  credential_id: $credential_id,
  public_key: $public_key,
  sign_count: $sign_count,
  name: $name,
  backed_up: $backed_up,
  added_at: $now
})
RETURN passkey.credential_id AS credential_id
