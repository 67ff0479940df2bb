// The published run that loaded a file with this SHA-256.
MATCH (run:Run {sha256: $sha256, feed: $feed, outcome: "published"})
RETURN run.run AS run
ORDER BY run DESC
LIMIT 1
