// The persons whom a run, or the decision of a person that took its number, may have changed.
MATCH (record:Record {run: $run})-[:IDENTIFIES]->(person:Person)
WHERE record.subject = "child"
RETURN person.person_id AS key
UNION
MATCH (record:Record {ended_run: $run})-[:IDENTIFIES]->(person:Person)
WHERE record.subject = "child"
RETURN person.person_id AS key
UNION
MATCH (run:Run {run: $run})
MATCH (:Judgement {judgement_id: run.file})-[:ABOUT]->(:Person)<-[:IDENTIFIES]-(record:Record)
MATCH (record)-[:IDENTIFIES]->(person:Person)
RETURN person.person_id AS key
