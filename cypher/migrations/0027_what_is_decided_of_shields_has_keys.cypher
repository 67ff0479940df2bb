// A proposal, an override, a question to the team and a notice are found by their keys, their authority and their child.
CREATE CONSTRAINT shield_proposal_id IF NOT EXISTS FOR (proposal:ShieldProposal) REQUIRE proposal.proposal_id IS UNIQUE;
CREATE CONSTRAINT shield_proposal_open IF NOT EXISTS FOR (proposal:ShieldProposal) REQUIRE proposal.open_for IS UNIQUE;
CREATE INDEX shield_proposal_authority IF NOT EXISTS FOR (proposal:ShieldProposal) ON (proposal.authority);
CREATE CONSTRAINT override_id IF NOT EXISTS FOR (override:Override) REQUIRE override.override_id IS UNIQUE;
CREATE INDEX override_authority IF NOT EXISTS FOR (override:Override) ON (override.authority);
CREATE INDEX override_user IF NOT EXISTS FOR (override:Override) ON (override.user_id);
CREATE CONSTRAINT asking_id IF NOT EXISTS FOR (asking:Asking) REQUIRE asking.asking_id IS UNIQUE;
CREATE INDEX asking_authority IF NOT EXISTS FOR (asking:Asking) ON (asking.authority);
CREATE INDEX asking_asked_by IF NOT EXISTS FOR (asking:Asking) ON (asking.asked_by);
CREATE CONSTRAINT notice_id IF NOT EXISTS FOR (notice:Notice) REQUIRE notice.notice_id IS UNIQUE;
CREATE INDEX notice_authority IF NOT EXISTS FOR (notice:Notice) ON (notice.authority);
