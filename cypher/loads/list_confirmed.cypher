// The records of a feed and supplier that a run said again unchanged.
MATCH (record:Record {source: $source, supplier: $supplier})
WHERE $run IN record.confirmed_by
RETURN record.record_version AS record_version
