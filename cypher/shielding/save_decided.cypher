// The proposal that a second person has decided: another about the same child may be made from now on.
MATCH (proposal:ShieldProposal {proposal_id: $proposal_id})
SET
  proposal.open_for = null,
  proposal.verdict = $verdict,
  proposal.decided_by = $decided_by,
  proposal.decided_at = $decided_at
RETURN proposal.proposal_id AS key
