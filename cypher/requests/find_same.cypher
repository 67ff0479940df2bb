// The request that a user made about the same and that is not settled yet.
MATCH (request:Request {asked_by: $user_id})
WHERE
  request.state <> "settled"
  AND request.child_id = $child_id
  AND request.wrong = $wrong
  AND request.facts = $facts
RETURN request.request_id AS key
LIMIT 1
