// The lead of an authority who looks into the next override there: who has the fewest open ones, and did not begin it.
MATCH (lead:User {role: "safeguarding_lead", status: "active", authority: $authority})
WHERE lead.user_id <> $user_id
RETURN lead.user_id AS key
ORDER BY COUNT { MATCH (open:Override) WHERE open.owner = lead.user_id AND open.finding IS NULL }, key
LIMIT 1
