// What is recorded of one child, the newest first: once the index, which follows commits, has all of them.
CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()
CALL db.index.fulltext.queryNodes("audit_event_child", $words) YIELD node AS event, score
WHERE $child_id IN event.child_refs
RETURN
  event.at AS at,
  event.actor AS actor,
  event.action AS action,
  event.decision AS decision,
  event.child_refs AS child_refs,
  event.content AS content
ORDER BY at DESC, event.shard, event.seq DESC
LIMIT 501
