// The latest published run of a feed, whoever sent it.
MATCH (run:Run {feed: $feed, outcome: "published"})
RETURN run.run AS run
ORDER BY run DESC
LIMIT 1
