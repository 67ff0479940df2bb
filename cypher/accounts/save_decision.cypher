// Nothing: what was asked for is decided.
MATCH (application:Application {application_id: $application_id})
SET
  application.state = $state,
  application.decided_by = $decided_by,
  application.decided_at = $now
REMOVE application.word_hash
