// Nothing: whoever the one person is not, the other is not either.
MATCH (start:Person {person_id: $start})-[ban:MUST_NOT_LINK]-(other:Person)
WHERE other.person_id <> $end
MATCH (end:Person {person_id: $end})
MERGE (end)-[copy:MUST_NOT_LINK {judgement_id: ban.judgement_id}]->(other)
  ON CREATE SET copy.by = ban.by, copy.at = ban.at
