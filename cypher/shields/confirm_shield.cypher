// One row if a proposed shield was there to be confirmed.
MATCH (shield:Shield {shield_id: $shield_id})
WHERE shield.to IS NULL
SET shield.state = "confirmed", shield.decided_by = $decided_by, shield.review_on = $review_on
RETURN shield.shield_id AS shield_id
