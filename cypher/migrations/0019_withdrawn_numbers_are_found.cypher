// A number that a register has withdrawn is found by itself, so that the run that withdrew it can be taken back.
CREATE INDEX withdrawn_number IF NOT EXISTS FOR (number:WithdrawnNumber) ON (number.nhs_number);
