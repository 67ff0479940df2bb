// The challenge that is answered now and gone with this transaction; no row if it is another's, or has run out.
MATCH (challenge:Challenge {key: $key})
WHERE
  challenge.purpose = $purpose
  AND challenge.bound_to = $bound_to
  AND challenge.about = $about
  AND challenge.expires_at > $now
WITH challenge, challenge.key AS key
DELETE challenge
RETURN key
