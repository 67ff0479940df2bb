// The keys of a feed and supplier that name another child than they once did, and how often each was begun anew.
MATCH (record:Record {source: $source, supplier: $supplier})
WHERE record.key_use > 1 AND NOT record:Quarantined
RETURN record.key AS key, max(record.key_use) AS uses
