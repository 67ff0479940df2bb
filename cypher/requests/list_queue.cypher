// The requests that the data managers of an authority own: unsettled ones first, the first due first.
MATCH (request:Request {authority: $authority})
WHERE $settled = (request.state = "settled")
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
ORDER BY due_on, request_id
SKIP $skip
LIMIT $limit
