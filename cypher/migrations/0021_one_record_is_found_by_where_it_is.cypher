// Who may be one new record's child is found by a postcode, a former one included, and by the first line of a home.
CREATE FULLTEXT INDEX record_places IF NOT EXISTS FOR (record:Record) ON EACH [record.postcode, record.former_postcodes] OPTIONS {indexConfig: {`fulltext.analyzer`: "keyword", `fulltext.eventually_consistent`: false}};
CREATE FULLTEXT INDEX address_line IF NOT EXISTS FOR (address:Address) ON EACH [address.line_1] OPTIONS {indexConfig: {`fulltext.analyzer`: "standard-folding", `fulltext.eventually_consistent`: false}};
CALL db.awaitIndexes(3600);
