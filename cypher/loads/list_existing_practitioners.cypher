// Those of these keys that the graph has.
UNWIND $keys AS wanted
MATCH (thing:Practitioner {practitioner_id: wanted})
RETURN thing.practitioner_id AS key
