// What an administrator asks for, and the link that comes of it, have one key each.
CREATE CONSTRAINT application_id IF NOT EXISTS FOR (application:Application) REQUIRE application.application_id IS UNIQUE;
CREATE CONSTRAINT activation_key IF NOT EXISTS FOR (activation:Activation) REQUIRE activation.key IS UNIQUE;
