// Up to which run the graph may be read, and which are being taken back, while no load can change that.
MATCH (publication:Publication {id: "graph"})
SET publication.said_op = $op_id
RETURN
  publication.published AS published,
  publication.withdrawn AS withdrawn
