// The shield that goes on until its next review, and who owns it from now on.
MATCH (shield:Shield {shield_id: $shield_id})
WHERE shield.to IS NULL
SET
  shield.state = "confirmed",
  shield.review_on = $review_on,
  shield.owner = $owner,
  shield.decided_by = $owner
RETURN shield.shield_id AS key
