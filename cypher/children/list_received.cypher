// Every published run: what was received, from whom, as at when.
MATCH (run:Run {outcome: "published"})
WHERE run.run <= $published AND NOT run.run IN $withdrawn
RETURN
  run.run AS run,
  run.feed AS feed,
  run.supplier AS supplier,
  run.as_at AS as_at,
  run.kind AS kind,
  run.every_days AS every_days,
  run.title AS title,
  run.national AS national,
  run.file AS file
ORDER BY run
LIMIT 1000000
