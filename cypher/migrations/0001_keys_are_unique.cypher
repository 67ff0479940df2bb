// Every key by which something is merged or found once is unique.
CREATE CONSTRAINT person_id IF NOT EXISTS FOR (person:Person) REQUIRE person.person_id IS UNIQUE;
CREATE CONSTRAINT child_id IF NOT EXISTS FOR (child:Child) REQUIRE child.child_id IS UNIQUE;
CREATE CONSTRAINT service_id IF NOT EXISTS FOR (service:Service) REQUIRE service.service_id IS UNIQUE;
CREATE CONSTRAINT school_urn IF NOT EXISTS FOR (school:School) REQUIRE school.urn IS UNIQUE;
CREATE CONSTRAINT practice_ods_code IF NOT EXISTS FOR (practice:GPPractice) REQUIRE practice.ods_code IS UNIQUE;
CREATE CONSTRAINT practitioner_id IF NOT EXISTS FOR (practitioner:Practitioner) REQUIRE practitioner.practitioner_id IS UNIQUE;
CREATE CONSTRAINT address_id IF NOT EXISTS FOR (address:Address) REQUIRE address.address_id IS UNIQUE;
CREATE CONSTRAINT authority_gss_code IF NOT EXISTS FOR (authority:LocalAuthority) REQUIRE authority.gss_code IS UNIQUE;
CREATE CONSTRAINT record_version IF NOT EXISTS FOR (record:Record) REQUIRE record.record_version IS UNIQUE;
CREATE CONSTRAINT run_number IF NOT EXISTS FOR (run:Run) REQUIRE run.run IS UNIQUE;
CREATE CONSTRAINT publication_id IF NOT EXISTS FOR (publication:Publication) REQUIRE publication.id IS UNIQUE;
CREATE CONSTRAINT shield_id IF NOT EXISTS FOR (shield:Shield) REQUIRE shield.shield_id IS UNIQUE;
CREATE CONSTRAINT migration_id IF NOT EXISTS FOR (migration:Migration) REQUIRE migration.id IS UNIQUE;
CREATE CONSTRAINT feed_name IF NOT EXISTS FOR (feed:Feed) REQUIRE feed.feed IS UNIQUE;
