// Up to which run the graph may be read, which runs are being taken back, and which load holds it.
MATCH (publication:Publication {id: "graph"})
RETURN
  publication.published AS published,
  publication.withdrawn AS withdrawn,
  publication.last_run AS last_run,
  publication.loading AS loading,
  publication.loading_run AS loading_run,
  toString(publication.beat_at) AS beat_at
LIMIT 1
