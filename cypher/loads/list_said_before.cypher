// What the newest version of each of these records says of who it is, ended or not: who uses a key again.
UNWIND $records AS wanted
MATCH (record:Record {record: wanted})
WHERE NOT record:Quarantined
WITH wanted, record
ORDER BY record.run DESC
WITH wanted, head(collect(record)) AS newest
RETURN
  wanted AS record,
  newest.forename AS forename,
  newest.middle_names AS middle_names,
  newest.family_name AS family_name,
  newest.preferred_forename AS preferred_forename,
  newest.preferred_family_name AS preferred_family_name,
  newest.former_family_name AS former_family_name,
  newest.other_names AS other_names,
  toString(newest.date_of_birth) AS date_of_birth,
  newest.sex AS sex,
  newest.postcode AS postcode,
  newest.former_postcodes AS former_postcodes,
  newest.nhs_number AS nhs_number,
  newest.upn AS upn,
  newest.multiple_birth AS multiple_birth,
  newest.nino_hash AS nino_hash
