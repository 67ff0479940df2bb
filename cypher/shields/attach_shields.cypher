// Nothing: a shield finds its child again when a later load brings the child back.
UNWIND $rows AS row
MATCH (shield:Shield {shield_id: row.shield_id})
MATCH (person:Person {person_id: row.person_id})
MERGE (shield)-[:SHIELDS]->(person)
