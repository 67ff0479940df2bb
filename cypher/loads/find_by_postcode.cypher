// The open records of persons born on a day and of a postcode.
UNWIND $wanted AS wanted
MATCH (record:Record {date_of_birth: wanted.date_of_birth, postcode: wanted.postcode})-[identifies:IDENTIFIES]->(person:Person)
WHERE record.ended_run IS NULL AND identifies.ended_run IS NULL
RETURN DISTINCT
  person.person_id AS person_id,
  record.record AS record,
  record.forename AS forename,
  record.preferred_forename AS preferred_forename,
  record.family_name AS family_name,
  record.preferred_family_name AS preferred_family_name,
  record.former_family_name AS former_family_name,
  record.other_names AS other_names,
  toString(record.date_of_birth) AS date_of_birth,
  record.postcode AS postcode,
  record.former_postcodes AS former_postcodes
