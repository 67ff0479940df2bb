// Look-ups of the loaders (own key, scope, run, numbers, demographics) and of search (date of birth).
CREATE INDEX record_record IF NOT EXISTS FOR (record:Record) ON (record.record);
CREATE INDEX record_scope IF NOT EXISTS FOR (record:Record) ON (record.source, record.supplier);
CREATE INDEX record_run IF NOT EXISTS FOR (record:Record) ON (record.run);
CREATE INDEX record_ended_run IF NOT EXISTS FOR (record:Record) ON (record.ended_run);
CREATE INDEX record_nhs_number IF NOT EXISTS FOR (record:Record) ON (record.nhs_number);
CREATE INDEX record_upn IF NOT EXISTS FOR (record:Record) ON (record.upn);
CREATE INDEX record_local_id IF NOT EXISTS FOR (record:Record) ON (record.local_id);
CREATE INDEX record_born_family_name IF NOT EXISTS FOR (record:Record) ON (record.date_of_birth, record.family_name_folded);
CREATE INDEX record_born_postcode IF NOT EXISTS FOR (record:Record) ON (record.date_of_birth, record.postcode);
