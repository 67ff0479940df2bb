// The entry that a shield holds, and the child whose it may be.
MATCH (entry:Person)<-[:SHIELDS]-(held:Shield {shield_id: $shield_id, state: "held"})
MATCH (guards:Shield {shield_id: held.held_for})-[:SHIELDS]->(candidate:Child)
WHERE held.to IS NULL AND candidate <> entry
RETURN
  entry.person_id AS entry,
  candidate.person_id AS candidate
ORDER BY candidate
LIMIT 1
