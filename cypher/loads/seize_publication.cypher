// One row if the load that held the graph was taken over by another owner.
MATCH (publication:Publication {id: "graph", loading: $old_owner})
SET publication.loading = $owner, publication.last_op = $op_id, publication.beat_at = datetime()
RETURN publication.loading_run AS run
