// The newest version of a record.
MATCH (record:Record {record: $record})
RETURN max(record.version) AS version
