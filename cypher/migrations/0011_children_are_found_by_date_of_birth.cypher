// Search begins at the date of birth. The composite indexes serve only where a family name or postcode is given too.
CREATE INDEX record_date_of_birth IF NOT EXISTS FOR (record:Record) ON (record.date_of_birth);
