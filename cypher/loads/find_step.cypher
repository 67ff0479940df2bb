// One row if the step with this number took effect.
MATCH (publication:Publication {id: "graph", last_op: $op_id})
RETURN publication.last_op AS op_id
LIMIT 1
