// Nothing: notes that a migration has been applied.
MERGE (migration:Migration {id: $id})
  ON CREATE SET migration.checksum = $checksum, migration.applied_at = datetime()
