// A request is found by its key, by the authority that owns it, and by who asked; statements by the practitioner's user.
CREATE CONSTRAINT request_id IF NOT EXISTS FOR (request:Request) REQUIRE request.request_id IS UNIQUE;
CREATE INDEX request_authority IF NOT EXISTS FOR (request:Request) ON (request.authority, request.state);
CREATE INDEX request_asked_by IF NOT EXISTS FOR (request:Request) ON (request.asked_by);
