// The children whom these shields in force are over.
UNWIND $shield_ids AS wanted
MATCH (shield:Shield {shield_id: wanted})-[:SHIELDS]->(child:Child)
WHERE shield.to IS NULL
RETURN DISTINCT
  child.person_id AS person_id,
  child.child_id AS child_number
ORDER BY child_number
LIMIT 1000
