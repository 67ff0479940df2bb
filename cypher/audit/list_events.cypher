// Events of one chain by their exact keys, in order: a scan may skip or repeat rows while others write.
UNWIND range($first, $last) AS place
MATCH (event:AuditEvent {key: toString($shard) + ":" + toString(place)})
RETURN
  event.key AS key,
  event.op_id AS op_id,
  event.shard AS shard,
  event.seq AS seq,
  event.at AS at,
  event.actor AS actor,
  event.action AS action,
  event.decision AS decision,
  event.child_refs AS child_refs,
  event.content AS content,
  event.prev AS prev,
  event.hash AS hash
ORDER BY place
LIMIT 5000
