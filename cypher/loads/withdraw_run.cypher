// Nothing: hides everything that a run wrote from readers at once, while it is taken back.
MATCH (publication:Publication {id: "graph", loading: $owner})
SET publication.withdrawn = [number IN publication.withdrawn WHERE number <> $run] + $run
WITH publication
MATCH (run:Run {run: $run})
SET run.outcome = "being undone"
