// Everything that a first load takes along: users, credentials, sessions, audit, migrations, shields, stopped feeds.
MATCH (node)
WHERE NOT node:Person AND NOT node:Record AND NOT node:Service AND NOT node:Practitioner AND NOT node:Address
  AND NOT node:LocalAuthority AND NOT node:Publication
RETURN
  elementId(node) AS id,
  labels(node) AS labels,
  properties(node) AS properties
