// Nothing: a challenge that one session or one attempt may answer once; those that have run out are gone.
CREATE (:Challenge {
  key: $key,
  purpose: $purpose,
  bound_to: $bound_to,
  about: $about,
  expires_at: $expires_at
})
WITH 1 AS made
CALL () {
  MATCH (stale:Challenge)
  WHERE stale.expires_at < $gone_before
  WITH stale
  LIMIT 100
  DELETE stale
}
