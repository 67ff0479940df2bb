// As what these persons are known: child, carer or both.
UNWIND $persons AS wanted
MATCH (person:Person {person_id: wanted})
RETURN
  wanted AS person_id,
  person:Child AS is_child,
  person:Carer AS is_carer
