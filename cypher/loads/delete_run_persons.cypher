// Nothing: takes away persons whom a run made and whom no record identifies any more.
UNWIND $rows AS row
MATCH (person:Person {person_id: row})
WHERE person.run = $run AND NOT EXISTS { (person)<-[:IDENTIFIES]-() }
DETACH DELETE person
