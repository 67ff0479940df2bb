// What the open version of each of these records says of name and birthday.
UNWIND $records AS wanted
MATCH (record:Record {record: wanted})
WHERE record.ended_run IS NULL AND NOT record:Quarantined
RETURN
  record.record AS record,
  record.forename AS forename,
  toString(record.date_of_birth) AS date_of_birth
