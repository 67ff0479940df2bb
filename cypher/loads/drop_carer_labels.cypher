// Nothing: persons of whom no record speaks as a carer any more are not called one.
UNWIND $rows AS row
MATCH (person:Person {person_id: row})
WHERE person:Carer AND NOT EXISTS { (person)<-[:IDENTIFIES]-(:Record {subject: "carer"}) }
REMOVE person:Carer
