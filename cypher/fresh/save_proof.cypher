// Nothing: in this session it has just been proven who asks for one act; proofs that are too old are gone.
MERGE (proof:Proof {key: $key})
SET
  proof.token_hash = $token_hash,
  proof.action = $action,
  proof.about = $about,
  proof.by = $by,
  proof.at = $now
WITH 1 AS made
CALL () {
  MATCH (stale:Proof)
  WHERE stale.at < $gone_before
  WITH stale
  LIMIT 100
  DELETE stale
}
