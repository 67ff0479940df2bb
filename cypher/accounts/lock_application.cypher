// What was asked for, once nobody else can decide it, and the user id of whom it is about if there is an account.
MATCH (application:Application {application_id: $application_id})
SET application.locked_by = $op_id
WITH application
OPTIONAL MATCH (user:User {username: application.username})
RETURN
  application.application_id AS application_id,
  application.kind AS kind,
  application.state AS state,
  application.username AS username,
  application.name AS name,
  application.role AS role,
  application.organisation AS organisation,
  application.authority AS authority,
  application.statutory AS statutory,
  application.practitioner_id AS practitioner_id,
  application.service_id AS service_id,
  application.vetted_until AS vetted_until,
  application.trained_until AS trained_until,
  application.children_a_day AS children_a_day,
  application.word_hash AS word_hash,
  application.asked_by AS asked_by,
  application.asker AS asker,
  application.asked_at AS asked_at,
  user.user_id AS user_id
