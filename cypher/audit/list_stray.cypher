// Events outside every chain: with a key that does not fit their place, or after the end of their chain.
MATCH (event:AuditEvent)
OPTIONAL MATCH (head:AuditHead {shard: event.shard})
WITH event, head
WHERE
  head IS NULL
  OR event.seq IS NULL
  OR event.seq < 1
  OR event.seq > head.seq
  OR event.key IS NULL
  OR event.key <> toString(event.shard) + ":" + toString(event.seq)
RETURN
  coalesce(event.key, "without a key") AS key,
  coalesce(event.shard, -1) AS shard,
  coalesce(event.seq, -1) AS seq
ORDER BY shard, seq
LIMIT 100
