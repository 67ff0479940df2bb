// Homes are compared by their lines within a postcode; services are found by kind and postcode, or by name.
CREATE INDEX address_postcode IF NOT EXISTS FOR (address:Address) ON (address.postcode);
CREATE INDEX record_kind_postcode IF NOT EXISTS FOR (record:Record) ON (record.kind, record.postcode);
CREATE FULLTEXT INDEX record_name IF NOT EXISTS FOR (record:Record) ON EACH [record.name] OPTIONS {indexConfig: {`fulltext.analyzer`: "standard-folding"}};
