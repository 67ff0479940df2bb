// The open records of persons to which this supplier gave these numbers of its own.
UNWIND $numbers AS wanted
MATCH (record:Record {local_id: wanted})-[identifies:IDENTIFIES]->(person:Person)
WHERE record.ended_run IS NULL AND identifies.ended_run IS NULL AND record.source = $source AND record.supplier = $supplier
RETURN
  wanted AS number,
  person.person_id AS person_id,
  record.record AS record,
  record.subject AS subject,
  record.forename AS forename,
  toString(record.date_of_birth) AS date_of_birth
