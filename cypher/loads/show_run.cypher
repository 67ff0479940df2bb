// All that is known of one run, as a map.
MATCH (run:Run {run: $run})
RETURN properties(run) AS properties
LIMIT 1
