// What every open record of these children says of who the child is, with the addresses at which it says the child lives.
UNWIND $persons AS wanted
MATCH (person:Person {person_id: wanted})<-[identifies:IDENTIFIES]-(record:Record {subject: "child"})
WHERE record.ended_run IS NULL AND identifies.ended_run IS NULL AND record.source <> "signpost"
RETURN
  wanted AS person,
  record.record AS record,
  record.source AS source,
  record.supplier AS supplier,
  record.local_id AS local_id,
  record.forename AS forename,
  record.middle_names AS middle_names,
  record.family_name AS family_name,
  record.preferred_forename AS preferred_forename,
  record.preferred_family_name AS preferred_family_name,
  record.former_family_name AS former_family_name,
  record.other_names AS other_names,
  toString(record.date_of_birth) AS date_of_birth,
  record.sex AS sex,
  record.postcode AS postcode,
  record.former_postcodes AS former_postcodes,
  record.nhs_number AS nhs_number,
  record.upn AS upn,
  record.multiple_birth AS multiple_birth,
  [(person)-[lives:LIVES_AT]->(address:Address)
    WHERE lives.record = record.record AND lives.ended_run IS NULL AND lives.to IS NULL
    | [address.address_id, address.line_1]] AS homes
