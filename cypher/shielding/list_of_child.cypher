// The shields in force over a child, the oldest first, and who owns each.
MATCH (shield:Shield)-[:SHIELDS]->(child:Child {child_id: $child_id})
WHERE NOT coalesce(shield.to <= $today, false)
OPTIONAL MATCH (owner:User {user_id: shield.owner})
RETURN
  shield.shield_id AS shield_id,
  shield.ground AS ground,
  coalesce(shield.state, "confirmed") AS state,
  shield.from AS since,
  shield.review_on AS review_on,
  owner.name AS owner
ORDER BY since, shield_id
LIMIT 20
