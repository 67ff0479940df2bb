// Every run that stands, in order, with what tells it from another of its number.
MATCH (run:Run)
WHERE run.outcome IN ["published", "decided"]
RETURN
  run.run AS run,
  coalesce(run.sha256, run.file) AS file,
  toString(run.started_at) AS started_at
ORDER BY run.run
