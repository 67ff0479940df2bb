// The next run's number, if no load holds the graph; no row if one does.
MATCH (publication:Publication {id: "graph"})
SET publication.last_op = $op_id
WITH publication
WHERE publication.loading IS NULL
SET
  publication.loading = $owner,
  publication.beat_at = datetime(),
  publication.last_run = coalesce(publication.last_run, 0) + 1,
  publication.loading_run = coalesce(publication.last_run, 0) + 1
RETURN publication.last_run AS run
