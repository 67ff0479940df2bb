// When an open session was last used; one that has ended stays ended.
MATCH (session:Session {token_hash: $token_hash})
WHERE session.ended_at IS NULL AND session.seen_at < $now
SET session.seen_at = $now
