// The requests about a child, the oldest first.
MATCH (request:Request {child_id: $child_id})
OPTIONAL MATCH (asker:User {user_id: request.asked_by})
OPTIONAL MATCH (taker:User {user_id: request.taken_by})
OPTIONAL MATCH (settler:User {user_id: request.settled_by})
RETURN
  request.request_id AS request_id,
  request.child_id AS child_id,
  coalesce(request.kind, "correction") AS kind,
  request.wrong AS wrong,
  request.objector AS objector,
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
  request.settled_on AS settled_on,
  settler.name AS settler,
  request.refusal AS refusal,
  request.review_on AS review_on,
  coalesce(request.told, false) AS told
ORDER BY asked_on, request_id
LIMIT 1000
