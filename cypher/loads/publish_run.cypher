// Nothing: makes everything that a run wrote visible at once, and lets the next load in.
MATCH (publication:Publication {id: "graph", loading: $owner})
SET publication.published = $run, publication.last_op = $op_id
REMOVE publication.loading, publication.loading_run
WITH publication
MATCH (run:Run {run: $run})
SET run += $properties, run.outcome = "published", run.published_at = datetime()
