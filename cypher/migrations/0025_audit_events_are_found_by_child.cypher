// Audit events are found by the children that they are about. The index follows commits: no page waits for it.
CREATE FULLTEXT INDEX audit_event_child IF NOT EXISTS FOR (event:AuditEvent) ON EACH [event.child_refs] OPTIONS {indexConfig: {`fulltext.analyzer`: "whitespace", `fulltext.eventually_consistent`: true}};
CALL db.awaitIndexes(3600);
