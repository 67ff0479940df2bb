// Up to which run the graph may be read and which load writes, while no load can begin, publish or be taken back.
MATCH (publication:Publication {id: "graph"})
SET publication.said_op = $op_id
RETURN
  publication.published AS published,
  publication.withdrawn AS withdrawn,
  publication.loading AS loading
