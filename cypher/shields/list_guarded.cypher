// What every record has ever said of these persons, ended ones too: what a shield over them has to guard.
UNWIND $persons AS wanted
MATCH (person:Person {person_id: wanted})<-[identifies:IDENTIFIES]-(record:Record)
WHERE identifies.ended_run IS NULL
RETURN
  wanted AS person_id,
  record {
    .forename,
    .preferred_forename,
    .family_name,
    .preferred_family_name,
    .former_family_name,
    .other_names,
    .date_of_birth,
    .postcode,
    .former_postcodes,
    addresses: [(person)-[lives:LIVES_AT]->(address:Address) WHERE lives.record = record.record | address.line_1],
    .nhs_number,
    .upn,
    .former_upn
  } AS said
