// Every address, service, practitioner and authority that a visible record or fact reaches, with its area.
MATCH (thing:Address|Service|Practitioner|LocalAuthority)
WHERE EXISTS { (thing)<-[fact]-() WHERE fact.run <= $published AND NOT fact.run IN $withdrawn
  AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn) }
OPTIONAL MATCH (thing:Address)-[:IN_AREA]->(area:LocalAuthority)
RETURN
  labels(thing) AS labels,
  properties(thing) AS properties,
  area.gss_code AS area
