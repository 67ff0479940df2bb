// What each shield in force guards: names, dates of birth, postcodes and numbers.
MATCH (shield:Shield)
WHERE shield.to IS NULL
OPTIONAL MATCH (shield)-[:SHIELDS]->(person:Person)
RETURN
  shield.shield_id AS shield_id,
  shield.forenames AS forenames,
  shield.family_names AS family_names,
  shield.dates_of_birth AS dates_of_birth,
  shield.postcodes AS postcodes,
  coalesce(shield.addresses, []) AS addresses,
  shield.nhs_numbers AS nhs_numbers,
  shield.upns AS upns,
  person.person_id AS person_id,
  shield.held_for AS held_for
