// What a user saw last of a child is found by both ids, and kept once.
CREATE CONSTRAINT look_key IF NOT EXISTS FOR (look:Look) REQUIRE (look.user_id, look.child_id) IS UNIQUE;
