// Every row that waits in quarantine, whole.
MATCH (record:Record:Quarantined)
WHERE record.run <= $published AND NOT record.run IN $withdrawn
  AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
RETURN properties(record) AS properties
