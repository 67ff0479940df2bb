// The addresses, services, practitioners and authorities that a run made and that nothing uses any more.
MATCH (thing:Address|Service|Practitioner|LocalAuthority {run: $run})
WHERE NOT EXISTS { (thing)<-[]-() } AND NOT EXISTS { (thing)-[:!IN_AREA]->() }
RETURN elementId(thing) AS thing
