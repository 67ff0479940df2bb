// The end of one chain of audit events, once nobody else can add to it.
MERGE (head:AuditHead {shard: $shard})
  ON CREATE SET
    head.seq = 0,
    head.hash = $genesis
SET head.locked_by = $op_id
WITH head
RETURN
  head.shard AS shard,
  head.seq AS seq,
  head.hash AS hash
