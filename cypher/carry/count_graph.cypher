// How many persons, records and facts there are.
RETURN
  COUNT { (:Person) } AS persons,
  COUNT { (:Record) } AS records,
  COUNT { ()-[:CARED_FOR_BY|LIVES_AT|ATTENDS|REGISTERED_WITH|INVOLVES|SEEN_BY|WORKS_FOR|RESPONSIBILITY_OF]->() } AS facts,
  COUNT { (:Person)-[:RESPONSIBILITY_OF]->() } AS responsibilities,
  COUNT { ()-[:POSSIBLE_SAME_AS]->() } AS proposals
