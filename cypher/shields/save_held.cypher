// Nothing: holds an entry until a person has said whether it is the child of another shield; made once.
MATCH (guards:Shield {shield_id: $properties.held_for})
MATCH (person:Person {person_id: $person_id})
MERGE (held:Shield {shield_id: $shield_id})
  ON CREATE SET held += $properties, held.ground = guards.ground
MERGE (held)-[:SHIELDS]->(person)
