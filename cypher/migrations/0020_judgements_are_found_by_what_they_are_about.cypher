// A judgement is found by its key, by the record it decides on, by the authority that made it, and by what it undoes.
CREATE CONSTRAINT judgement_id IF NOT EXISTS FOR (judgement:Judgement) REQUIRE judgement.judgement_id IS UNIQUE;
CREATE INDEX judgement_record IF NOT EXISTS FOR (judgement:Judgement) ON (judgement.record);
CREATE INDEX judgement_authority IF NOT EXISTS FOR (judgement:Judgement) ON (judgement.authority, judgement.at);
CREATE INDEX judgement_undoes IF NOT EXISTS FOR (judgement:Judgement) ON (judgement.undoes);
