// Nothing: notes what is known of a run, made if new.
MERGE (run:Run {run: $run})
  ON CREATE SET run.started_at = datetime()
SET run += $properties
