// How the things that a first load takes along are connected with each other.
MATCH (start)-[link]->(end)
WHERE NOT start:Person AND NOT start:Record AND NOT start:Service AND NOT start:Practitioner AND NOT start:Address
  AND NOT start:LocalAuthority AND NOT start:Publication AND NOT end:Person AND NOT end:Record AND NOT end:Service
  AND NOT end:Practitioner AND NOT end:Address AND NOT end:LocalAuthority AND NOT end:Publication
RETURN
  elementId(start) AS start_id,
  elementId(end) AS end_id,
  type(link) AS type,
  properties(link) AS properties
