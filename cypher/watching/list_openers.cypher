// Who was at the pages of these children between two moments, in order: once the index, which follows commits, has all.
CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()
UNWIND $children AS child
CALL db.index.fulltext.queryNodes("audit_event_child", '"' + child + '"') YIELD node AS event
WHERE
  event.child_refs[0] = child
  AND event.at >= $since
  AND event.at <= $until
  AND any(kind IN $watched WHERE event.action STARTS WITH kind)
  AND event.actor <> "unknown"
RETURN
  event.at AS at,
  event.actor AS actor,
  event.action AS action,
  event.decision = "allowed" AS allowed,
  [child] AS children
ORDER BY at, event.key
