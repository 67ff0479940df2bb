// Nothing: a link by which a user may open their account once; those of before open nothing.
OPTIONAL MATCH (before:Activation {user_id: $user_id})
SET before.expires_at = 0
WITH count(before) AS others
CREATE (:Activation {
  key: $key,
  user_id: $user_id,
  word_hash: $word_hash,
  expires_at: $expires_at,
  tries: 0
})
