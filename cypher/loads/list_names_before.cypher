// What the newest version of each of these records says of name and birthday, ended or not: who uses a key again.
UNWIND $records AS wanted
MATCH (record:Record {record: wanted})
WHERE NOT record:Quarantined
WITH wanted, record
ORDER BY record.run DESC
WITH wanted, head(collect(record)) AS newest
RETURN
  wanted AS record,
  newest.forename AS forename,
  toString(newest.date_of_birth) AS date_of_birth
