// The person that each of these records identifies.
UNWIND $records AS wanted
MATCH (record:Record {record: wanted})-[identifies:IDENTIFIES]->(person:Person)
WHERE identifies.ended_run IS NULL
RETURN DISTINCT
  wanted AS record,
  person.person_id AS person_id
