// Nothing: each of these persons is called a child, a carer or both as long as a record speaks of them so.
UNWIND $persons AS wanted
MATCH (person:Person {person_id: wanted})
WITH
  person,
  EXISTS {
    MATCH (person)<-[identifies:IDENTIFIES]-(record:Record)
    WHERE identifies.ended_run IS NULL AND record.subject = "child"
  } AS child,
  EXISTS {
    MATCH (person)<-[identifies:IDENTIFIES]-(record:Record)
    WHERE identifies.ended_run IS NULL AND record.subject = "carer"
  } AS carer
FOREACH (yes IN CASE WHEN child THEN [1] ELSE [] END | SET person:Child, person.child_id = person.person_id)
FOREACH (no IN CASE WHEN child THEN [] ELSE [1] END | REMOVE person:Child, person.child_id)
FOREACH (yes IN CASE WHEN carer THEN [1] ELSE [] END | SET person:Carer)
FOREACH (no IN CASE WHEN carer THEN [] ELSE [1] END | REMOVE person:Carer)
