// What every open record says of one person: what a shield over them has to guard.
MATCH (person:Person {person_id: $person_id})<-[identifies:IDENTIFIES]-(record:Record)
WHERE record.ended_run IS NULL AND identifies.ended_run IS NULL
RETURN
  record.forename AS forename,
  record.preferred_forename AS preferred_forename,
  record.family_name AS family_name,
  record.preferred_family_name AS preferred_family_name,
  record.former_family_name AS former_family_name,
  record.other_names AS other_names,
  record.date_of_birth AS date_of_birth,
  record.postcode AS postcode,
  record.former_postcodes AS former_postcodes,
  record.nhs_number AS nhs_number,
  record.upn AS upn
LIMIT 1000
