// Nothing: persons of whom no record speaks as a child any more are not called one.
UNWIND $rows AS row
MATCH (person:Person {person_id: row})
WHERE person:Child AND NOT EXISTS { (person)<-[:IDENTIFIES]-(:Record {subject: "child"}) }
REMOVE person:Child, person.child_id
