// Those of these keys that the graph has.
UNWIND $keys AS wanted
MATCH (thing:LocalAuthority {gss_code: wanted})
RETURN thing.gss_code AS key
