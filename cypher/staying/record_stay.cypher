// The consent just recorded, which counts at once: of whom it speaks.
MATCH (child:Child {child_id: $child_id})
CREATE (record:Record)-[identifies:IDENTIFIES]->(child)
SET
  record = $record,
  identifies = $identifies
RETURN record.record AS key
