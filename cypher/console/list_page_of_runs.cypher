// The runs before a number, newest first; of one feed and one supplier where they are given.
MATCH (run:Run)
WHERE
  run.run < $before
  AND ($feed IS NULL OR run.feed = $feed)
  AND ($supplier IS NULL OR run.supplier = $supplier)
RETURN
  run.run AS run,
  run.feed AS feed,
  run.supplier AS supplier,
  run.kind AS kind,
  run.as_at AS as_at,
  run.outcome AS outcome,
  run.rows AS rows,
  run.kept AS kept,
  run.refused AS refused,
  run.started_at AS started_at
ORDER BY run DESC
LIMIT $limit
