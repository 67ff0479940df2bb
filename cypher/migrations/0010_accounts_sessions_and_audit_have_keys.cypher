// Accounts, sessions and audit events are found by one key each, and no two share it.
CREATE CONSTRAINT user_id IF NOT EXISTS FOR (user:User) REQUIRE user.user_id IS UNIQUE;
CREATE CONSTRAINT user_username IF NOT EXISTS FOR (user:User) REQUIRE user.username IS UNIQUE;
CREATE CONSTRAINT session_token_hash IF NOT EXISTS FOR (session:Session) REQUIRE session.token_hash IS UNIQUE;
CREATE CONSTRAINT audit_event_key IF NOT EXISTS FOR (event:AuditEvent) REQUIRE event.key IS UNIQUE;
CREATE CONSTRAINT audit_event_op_id IF NOT EXISTS FOR (event:AuditEvent) REQUIRE event.op_id IS UNIQUE;
CREATE CONSTRAINT audit_head_shard IF NOT EXISTS FOR (head:AuditHead) REQUIRE head.shard IS UNIQUE;
CREATE INDEX audit_event_at IF NOT EXISTS FOR (event:AuditEvent) ON (event.at);
CREATE INDEX audit_event_actor IF NOT EXISTS FOR (event:AuditEvent) ON (event.actor, event.at);
CREATE INDEX session_user IF NOT EXISTS FOR (session:Session) ON (session.user_id);
