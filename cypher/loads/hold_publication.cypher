// One row while this load still holds the graph; also notes the step, so that an unknown commit can be asked for.
MATCH (publication:Publication {id: "graph", loading: $owner})
SET publication.last_op = $op_id, publication.beat_at = datetime()
RETURN publication.loading AS loading
