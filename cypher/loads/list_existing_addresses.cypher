// Those of these keys that the graph has.
UNWIND $keys AS wanted
MATCH (thing:Address {address_id: wanted})
RETURN thing.address_id AS key
