// Nothing: makes persons, one for each row.
UNWIND $rows AS row
CREATE (person:Person {person_id: row.person_id, run: $run})
FOREACH (child_id IN row.child_ids | SET person:Child, person.child_id = child_id)
FOREACH (yes IN row.carers | SET person:Carer)
