// Nothing: takes away these records if a run made them, with persons left without any, and opens those it ended.
UNWIND $rows AS row
MATCH (record:Record {record_version: row.record_version})
OPTIONAL MATCH (record)-[:IDENTIFIES]->(person:Person)
WITH collect(record) AS records, collect(DISTINCT person) AS persons
FOREACH (record IN [r IN records WHERE r.run = $run] | DETACH DELETE record)
FOREACH (record IN [r IN records WHERE r.run <> $run] | REMOVE record.ended_run)
WITH persons
UNWIND persons AS person
WITH person, COUNT { (person)<-[:IDENTIFIES]-() } AS records,
  EXISTS { (person)<-[:IDENTIFIES]-(:Record {subject: "child"}) } AS is_child,
  EXISTS { (person)<-[:IDENTIFIES]-(:Record {subject: "carer"}) } AS is_carer
FOREACH (gone IN CASE WHEN records = 0 AND person.run = $run THEN [person] ELSE [] END | DETACH DELETE gone)
FOREACH (kept IN CASE WHEN records > 0 AND NOT is_carer THEN [person] ELSE [] END | REMOVE kept:Carer)
FOREACH (kept IN CASE WHEN records > 0 AND NOT is_child THEN [person] ELSE [] END | REMOVE kept:Child, kept.child_id)
