// Every row in quarantine, whole.
MATCH (record:Record:Quarantined)
RETURN properties(record) AS properties
