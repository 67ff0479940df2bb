// The record of a statement just made, which is visible at once: of whom it speaks, the service, and who sees the child.
MATCH (child:Child {child_id: $child_id})
MATCH (service:Service {service_id: $service_id})
MATCH (practitioner:Practitioner {practitioner_id: $practitioner_id})
CREATE (record:Record)-[identifies:IDENTIFIES]->(child)
CREATE (child)-[involves:INVOLVES]->(service)
CREATE (child)-[seen:SEEN_BY]->(practitioner)
SET
  record = $record,
  identifies = $identifies,
  involves = $involves,
  seen = $seen
RETURN record.record AS key
