// The key of the event now at the end of its chain; no row if the chain ends elsewhere, or its next place is taken.
MATCH (head:AuditHead {shard: $shard})
WHERE head.seq = $seq - 1 AND head.hash = $prev AND NOT EXISTS { (:AuditEvent {key: $key}) }
CREATE (event:AuditEvent {
  key: $key,
  op_id: $op_id,
  shard: $shard,
  seq: $seq,
  at: $at,
  actor: $actor,
  action: $action,
  decision: $decision,
  child_refs: $child_refs,
  content: $content,
  prev: $prev,
  hash: $hash
})
SET
  head.seq = $seq,
  head.hash = $hash
RETURN event.key AS key
