// Nothing: every shield over the one person is over the other too.
MATCH (shield:Shield)-[:SHIELDS]->(:Person {person_id: $start})
MATCH (end:Person {person_id: $end})
MERGE (shield)-[:SHIELDS]->(end)
