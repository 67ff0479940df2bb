// What the open records of these persons say of numbers, multiple births and forenames.
UNWIND $persons AS wanted
MATCH (person:Person {person_id: wanted})<-[identifies:IDENTIFIES]-(record:Record)
WHERE record.ended_run IS NULL AND identifies.ended_run IS NULL
RETURN
  wanted AS person_id,
  collect(DISTINCT record.nhs_number) AS nhs_numbers,
  collect(DISTINCT record.upn) AS upns,
  any(said IN collect(record.multiple_birth) WHERE said) AS multiple_birth,
  collect(DISTINCT record.forename) AS forenames
