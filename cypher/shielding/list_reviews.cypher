// The shields over an authority's children that nobody has confirmed yet or that are to be reviewed by a day.
MATCH (:LocalAuthority {gss_code: $authority})<-[responsible:RESPONSIBILITY_OF]-(child:Child)<-[:SHIELDS]-(shield:Shield)
WHERE
  responsible.run <= $published AND NOT responsible.run IN $withdrawn
  AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
  AND coalesce(responsible.from <= $today, true)
  AND coalesce(responsible.to > $today, true)
  AND NOT coalesce(shield.to <= $today, false)
  AND coalesce(shield.state, "confirmed") <> "held"
  AND (shield.review_on IS NULL OR shield.review_on <= $until)
  AND NOT EXISTS {
    MATCH (proposal:ShieldProposal {open_for: child.child_id})
    WHERE proposal.shield_id = shield.shield_id
  }
OPTIONAL MATCH (owner:User {user_id: shield.owner})
RETURN
  child.child_id AS child_id,
  shield.ground AS ground,
  coalesce(shield.state, "confirmed") AS state,
  shield.review_on AS review_on,
  owner.name AS owner
ORDER BY review_on, child_id
LIMIT 200
