// Nothing: a carer who turns out to be a child too, or the other way round, carries both labels.
UNWIND $rows AS row
MATCH (person:Person {person_id: row.person_id})
FOREACH (child_id IN row.child_ids | SET person:Child, person.child_id = child_id)
FOREACH (yes IN row.carers | SET person:Carer)
