// The visible records that identify each person, as source, supplier and key.
MATCH (record:Record)-[identifies:IDENTIFIES]->(person:Person)
WHERE identifies.run <= $published AND NOT identifies.run IN $withdrawn
  AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
  AND record.run <= $published AND NOT record.run IN $withdrawn
  AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
RETURN
  person.person_id AS person_id,
  record.source + ":" + record.supplier + ":" + record.key AS record
