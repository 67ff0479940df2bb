// The proposal just made.
CREATE (proposal:ShieldProposal)
SET proposal = $properties
RETURN proposal.proposal_id AS key
