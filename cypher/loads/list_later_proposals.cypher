// Later runs that have asked whether somebody is a person of whom these records speak.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})-[:IDENTIFIES]->(person:Person)
MATCH (person)<-[asked:POSSIBLE_SAME_AS]-()
WHERE asked.run > $run
RETURN
  asked.run AS run,
  count(DISTINCT person) AS subjects
