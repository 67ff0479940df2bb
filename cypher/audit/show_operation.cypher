// The event of an operation, if the operation is in the graph.
MATCH (event:AuditEvent {op_id: $op_id})
RETURN event.key AS key
