// The passkeys of a user, oldest first.
MATCH (:User {user_id: $user_id})-[:HAS_PASSKEY]->(passkey:Passkey)
RETURN
  passkey.credential_id AS credential_id,
  passkey.name AS name,
  passkey.backed_up AS backed_up,
  passkey.added_at AS added_at,
  passkey.used_at AS used_at
ORDER BY added_at, credential_id
LIMIT 100
