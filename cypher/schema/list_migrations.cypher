// The migrations that the graph has had, oldest first.
MATCH (migration:Migration)
RETURN
  migration.id AS id,
  migration.checksum AS checksum
ORDER BY id
LIMIT 10000
