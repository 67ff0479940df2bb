// The number of a run that a person's decision takes, published at once; the node is held already.
MATCH (publication:Publication {id: "graph"})
WHERE publication.loading IS NULL
WITH
  publication,
  CASE
    WHEN coalesce(publication.last_run, 0) > publication.published THEN publication.last_run
    ELSE publication.published
  END + 1 AS number
SET publication.last_run = number, publication.published = number
CREATE (run:Run {run: number})
SET run += $properties, run.started_at = datetime(), run.published_at = datetime()
RETURN number AS run
