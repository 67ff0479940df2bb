// The latest published run of a feed and supplier.
MATCH (run:Run {feed: $feed, supplier: $supplier, outcome: "published"})
RETURN
  run.run AS run,
  run.kind AS kind,
  run.rows AS rows,
  run.as_at AS as_at
ORDER BY run DESC
LIMIT 1
