// Nothing: makes a shield over a person, guarding what is known of them; made once for one shield_id.
MERGE (shield:Shield {shield_id: $shield_id})
  ON CREATE SET shield += $properties
WITH shield
MATCH (person:Person {person_id: $person_id})
MERGE (shield)-[:SHIELDS]->(person)
