// All that is known of one run, as a map, and which run of its feed and supplier is the latest published.
MATCH (run:Run {run: $run})
OPTIONAL MATCH (published:Run {feed: run.feed, supplier: run.supplier, outcome: "published"})
WITH run, max(published.run) AS latest
RETURN
  properties(run) AS properties,
  latest AS latest
LIMIT 1
