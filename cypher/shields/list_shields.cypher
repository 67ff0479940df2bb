// Every shield, newest first; never a name.
MATCH (shield:Shield)
OPTIONAL MATCH (shield)-[:SHIELDS]->(person:Person)
RETURN
  shield.shield_id AS shield_id,
  person.child_id AS child_number,
  shield.ground AS ground,
  shield.state AS state,
  shield.decided_by AS decided_by,
  shield.review_on AS review_on,
  shield.from AS starts,
  shield.to AS ends,
  shield.held_for AS held_for
ORDER BY shield.from DESC, shield.shield_id
LIMIT $limit
