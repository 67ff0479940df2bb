// Every shield with the person it is over.
MATCH (shield:Shield)
OPTIONAL MATCH (shield)-[:SHIELDS]->(person:Person)
RETURN
  shield.shield_id AS shield_id,
  properties(shield) AS properties,
  person.person_id AS person_id
