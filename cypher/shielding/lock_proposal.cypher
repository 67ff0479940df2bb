// The proposal about a child that waits for a second person, once nobody else can change it.
MATCH (proposal:ShieldProposal {open_for: $child_id})
SET proposal.locked_by = $op_id
WITH proposal
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
