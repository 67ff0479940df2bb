// Nothing: two persons are not one, a person has said.
MATCH (one:Person {person_id: $one})
MATCH (other:Person {person_id: $other})
MERGE (one)-[ban:MUST_NOT_LINK {judgement_id: $judgement_id}]->(other)
  ON CREATE SET ban.by = $by, ban.at = $at
