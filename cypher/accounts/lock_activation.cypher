// For whom a link is that may still be used, once nobody else can use it.
MATCH (activation:Activation {key: $key})
SET activation.locked_by = $op_id
WITH activation
WHERE activation.used_at IS NULL AND activation.expires_at > $now AND activation.tries < $most_tries
MATCH (user:User {user_id: activation.user_id, status: "invited"})
SET user.locked_by = $op_id
WITH activation, user
RETURN
  user.user_id AS user_id,
  user.username AS username,
  user.name AS name,
  user.organisation AS organisation,
  user.role AS role,
  activation.word_hash AS word_hash
