// Nothing: how often a passkey says that it was used, and when it was.
MATCH (passkey:Passkey {credential_id: $credential_id})
SET
  passkey.sign_count = $sign_count,
  passkey.used_at = $now
