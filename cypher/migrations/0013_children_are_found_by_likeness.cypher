// Search looks records up by the parts of names and by when they were born; a school is found by its name.
CREATE FULLTEXT INDEX record_search IF NOT EXISTS FOR (record:Record) ON EACH [record.search_names, record.search_born] OPTIONS {indexConfig: {`fulltext.analyzer`: "whitespace", `fulltext.eventually_consistent`: false}};
CREATE FULLTEXT INDEX record_name IF NOT EXISTS FOR (record:Record) ON EACH [record.name] OPTIONS {indexConfig: {`fulltext.analyzer`: "standard-folding", `fulltext.eventually_consistent`: false}};
CREATE INDEX record_former_upn IF NOT EXISTS FOR (record:Record) ON (record.former_upn);
CALL db.awaitIndexes(3600);
