// The records that identify a person now, each once, with what says whether it is one of a carer.
MATCH (record:Record)-[identifies:IDENTIFIES]->(person:Person {person_id: $person_id})
WHERE identifies.ended_run IS NULL
RETURN DISTINCT
  record.record AS record,
  record.source AS source,
  record.supplier AS supplier,
  record.key AS key,
  record.subject AS subject
ORDER BY record
LIMIT 1000
