// Nothing: takes away identity nodes that nothing uses.
UNWIND $rows AS row
MATCH (thing:Address|Service|Practitioner|LocalAuthority)
WHERE elementId(thing) = row.thing AND NOT EXISTS { (thing)<-[]-() }
DETACH DELETE thing
