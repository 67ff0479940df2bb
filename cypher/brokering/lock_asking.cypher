// One question, once nobody else can change it.
MATCH (asking:Asking {asking_id: $asking_id})
SET asking.locked_by = $op_id
WITH asking
OPTIONAL MATCH (asker:User {user_id: asking.asked_by})
RETURN
  asking.asking_id AS asking_id,
  asking.child_id AS child_id,
  asking.authority AS authority,
  asking.reason AS reason,
  asking.asked_by AS asked_by,
  asker.name AS asker,
  asker.organisation AS organisation,
  asking.asked_on AS asked_on,
  asking.due_on AS due_on,
  asking.outcome AS outcome,
  asking.contact AS contact
