// The consents of a person to stay in the directory that are not withdrawn, the newest first.
MATCH (record:Record {source: "signpost"})-[identifies:IDENTIFIES]->(:Child {child_id: $child_id})
WHERE record.stays_until IS NOT NULL AND record.ended_run IS NULL AND identifies.ended_run IS NULL
OPTIONAL MATCH (user:User {user_id: record.said_by})
RETURN
  record.stays_as AS category,
  record.consent_given_on AS consented_on,
  record.stays_until AS until,
  user.name AS by
ORDER BY record.said_at DESC
LIMIT 5
