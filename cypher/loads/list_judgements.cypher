// The judgements that people have made on what a run said: of a child that it brought, or of whom it told them.
MATCH (judgement:Judgement)-[:ABOUT]->(person:Person)
WHERE
  judgement.after >= $run
  AND (person.run = $run OR EXISTS {
    MATCH (person)<-[:IDENTIFIES]-(record:Record)
    WHERE record.run = $run OR record.ended_run = $run
  })
RETURN DISTINCT judgement.judgement_id AS key
ORDER BY key
LIMIT 5
