// Every run, newest first, as a map of what is known of it.
MATCH (run:Run)
RETURN
  run.run AS run,
  run.feed AS feed,
  run.supplier AS supplier,
  run.kind AS kind,
  toString(run.as_at) AS as_at,
  run.outcome AS outcome,
  run.file AS file,
  run.rows AS rows,
  run.kept AS kept,
  run.refused AS refused,
  run.skipped AS skipped,
  toString(run.started_at) AS started_at
ORDER BY run.run DESC
LIMIT $limit
