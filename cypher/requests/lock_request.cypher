// One request, once nobody else can change it.
MATCH (request:Request {request_id: $request_id})
SET request.locked_by = $op_id
WITH request
OPTIONAL MATCH (asker:User {user_id: request.asked_by})
OPTIONAL MATCH (taker:User {user_id: request.taken_by})
RETURN
  request.request_id AS request_id,
  request.child_id AS child_id,
  request.wrong AS wrong,
  request.facts AS facts,
  request.authority AS authority,
  request.asked_by AS asked_by,
  asker.name AS asker,
  asker.organisation AS asker_organisation,
  request.asked_on AS asked_on,
  request.due_on AS due_on,
  request.state AS state,
  request.taken_by AS taken_by,
  taker.name AS taker,
  request.outcome AS outcome,
  request.settled_on AS settled_on
