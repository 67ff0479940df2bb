// The open records of a feed and supplier.
MATCH (record:Record {source: $source, supplier: $supplier})
WHERE record.ended_run IS NULL AND NOT record:Quarantined
RETURN
  record.record AS record,
  record.version AS version,
  record.content_hash AS content_hash,
  record.key AS key,
  record.subject AS subject
