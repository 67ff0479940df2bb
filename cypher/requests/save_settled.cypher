// The request that a data manager has settled.
MATCH (request:Request {request_id: $request_id})
SET
  request.state = "settled",
  request.outcome = $outcome,
  request.refusal = $refusal,
  request.review_on = $review_on,
  request.told = $told,
  request.settled_by = $user_id,
  request.settled_on = $today,
  request.settled_at = $at
RETURN request.request_id AS key
