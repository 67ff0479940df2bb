// The open records of persons that hold these numbers.
UNWIND $numbers AS wanted
MATCH (record:Record {nhs_number: wanted})-[identifies:IDENTIFIES]->(person:Person)
WHERE record.ended_run IS NULL AND identifies.ended_run IS NULL
RETURN
  wanted AS number,
  person.person_id AS person_id,
  record.record AS record,
  record.subject AS subject,
  record.forename AS forename,
  toString(record.date_of_birth) AS date_of_birth
