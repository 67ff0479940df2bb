// The proposals of an authority that wait for a second person, the first due first.
MATCH (proposal:ShieldProposal {authority: $authority})
WHERE proposal.open_for IS NOT NULL
OPTIONAL MATCH (proposer:User {user_id: proposal.proposed_by})
RETURN
  proposal.proposal_id AS proposal_id,
  proposal.child_id AS child_id,
  proposal.wanted AS wanted,
  proposal.ground AS ground,
  proposal.evidence AS evidence,
  proposal.words AS words,
  proposal.review_on AS review_on,
  proposal.urgent AS urgent,
  proposal.shield_id AS shield_id,
  proposal.proposed_by AS proposed_by,
  proposer.name AS proposer,
  proposal.proposed_on AS proposed_on,
  proposal.due_on AS due_on
ORDER BY due_on, proposal_id
LIMIT 200
