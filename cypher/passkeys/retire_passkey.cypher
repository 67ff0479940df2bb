// The name of a user's passkey that is gone now; no row if they had none by this id.
MATCH (:User {user_id: $user_id})-[:HAS_PASSKEY]->(passkey:Passkey {credential_id: $credential_id})
WITH passkey, passkey.name AS name
DETACH DELETE passkey
RETURN name
