// Statements of practitioners that stand on a person, service or practitioner whom this run brought.
MATCH (record:Record {source: "signpost"})
WHERE record.supplier IS NOT NULL
MATCH (record)-[:IDENTIFIES]->(child:Child)
WHERE child.run = $run OR EXISTS {
  MATCH (child)-[fact:INVOLVES|SEEN_BY {record: record.record}]->(thing)
  WHERE thing.run = $run
}
RETURN DISTINCT record.record AS key
ORDER BY key
LIMIT 5
