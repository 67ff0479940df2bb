// The user of an open session, locked until the end of this transaction, and the end of the chain that it will add to.
MATCH (session:Session {token_hash: $token_hash})
MATCH (user:User {user_id: session.user_id})
SET user.locked_by = $op_id
WITH session, user
WHERE
  session.ended_at IS NULL
  AND session.expires_at > $now
  AND session.seen_at > $idle_since[user.role]
  AND user.status = "active"
  AND coalesce(user.vetted_until >= $today, true)
  AND coalesce(user.trained_until >= $today, true)
FOREACH (stale IN CASE WHEN session.seen_at <= $touch_before THEN [session] ELSE [] END | SET stale.seen_at = $now)
WITH user
OPTIONAL MATCH (publication:Publication {id: "graph"})
OPTIONAL MATCH (latest:Run {run: publication.published})
MERGE (head:AuditHead {shard: user.shard})
  ON CREATE SET
    head.seq = 0,
    head.hash = $genesis
SET head.locked_by = $op_id
WITH user, publication, latest, head
RETURN
  user {
    .user_id,
    .name,
    .organisation,
    .role,
    .statutory,
    .authority,
    .practitioner_id,
    .service_id,
    children_a_day: coalesce(user.children_a_day, $children_a_day)
  } AS user,
  head {.shard, .seq, .hash} AS head,
  {
    published: coalesce(publication.published, 0),
    withdrawn: coalesce(publication.withdrawn, []),
    runs: COUNT { (:Run) },
    latest: coalesce(toString(latest.published_at), "") + coalesce(latest.sha256, "")
  } AS received
