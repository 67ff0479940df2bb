// What every open record says of each child whom no shield is over.
MATCH (record:Record {subject: "child"})-[identifies:IDENTIFIES]->(person:Child)
WHERE record.ended_run IS NULL AND identifies.ended_run IS NULL AND record.source <> "signpost"
  AND NOT EXISTS {
    MATCH (shield:Shield)-[:SHIELDS]->(person)
    WHERE shield.to IS NULL
  }
RETURN
  person.person_id AS person_id,
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
