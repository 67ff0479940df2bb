// The end of every chain.
MATCH (head:AuditHead)
RETURN
  head.shard AS shard,
  head.seq AS seq,
  head.hash AS hash
ORDER BY shard
LIMIT 1000
