// Nothing: lets the next load in, without publishing.
MATCH (publication:Publication {id: "graph", loading: $owner})
SET publication.last_op = $op_id
REMOVE publication.loading, publication.loading_run
