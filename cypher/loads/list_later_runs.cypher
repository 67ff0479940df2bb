// Later runs that built on these records: on the same persons, services, practitioners or authorities.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})-[:IDENTIFIES|DESCRIBES]->(subject)
MATCH (subject)<-[:IDENTIFIES|DESCRIBES]-(later:Record)
WHERE later.run > $run OR later.ended_run > $run
RETURN
  CASE WHEN later.run > $run THEN later.run ELSE later.ended_run END AS run,
  count(DISTINCT subject) AS subjects
