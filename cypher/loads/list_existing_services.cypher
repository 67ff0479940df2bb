// Those of these keys that the graph has.
UNWIND $keys AS wanted
MATCH (thing:Service {service_id: wanted})
RETURN thing.service_id AS key
