// One row if a shield was in force and is now ended.
MATCH (shield:Shield {shield_id: $shield_id})
WHERE shield.to IS NULL
SET shield.to = $on, shield.ended_by = $ended_by, shield.state = "ended"
RETURN shield.shield_id AS shield_id
