// Each feed and supplier with its newest published runs, newest first.
MATCH (run:Run {outcome: "published"})
WITH run
ORDER BY run.run DESC
WITH run.feed AS feed, run.supplier AS supplier, collect(run)[..$trend] AS newest
RETURN
  feed AS feed,
  supplier AS supplier,
  // A first load publishes its runs together, and notes only when they were begun.
  [run IN newest |
    run {
      .run, .title, .every_days, .as_at, .kind, .rows, .kept, .refused,
      published_at: coalesce(run.published_at, run.started_at)
    }
  ] AS runs
ORDER BY feed, supplier
LIMIT 5000
