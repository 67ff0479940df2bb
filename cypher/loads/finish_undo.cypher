// Nothing: the run has been taken back whole, and the next load may come in.
MATCH (publication:Publication {id: "graph", loading: $owner})
SET
  publication.withdrawn = [number IN publication.withdrawn WHERE number <> $run],
  publication.last_op = $op_id
REMOVE publication.loading, publication.loading_run
WITH publication
MATCH (run:Run {run: $run})
SET run.outcome = $outcome, run.undone_at = datetime()
