// The open schools with these numbers of their authorities (LAESTAB); the newest where a number was given again.
UNWIND $numbers AS wanted
MATCH (record:Record {local_id: wanted, subject: "school"})-[:DESCRIBES]->(school:School)
WHERE record.ended_run IS NULL
WITH wanted, school
ORDER BY school.urn
RETURN
  wanted AS number,
  last(collect(school.service_id)) AS key
