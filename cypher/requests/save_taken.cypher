// The request that a data manager has taken.
MATCH (request:Request {request_id: $request_id})
SET
  request.state = "taken",
  request.taken_by = $user_id,
  request.taken_at = $at
RETURN request.request_id AS key
