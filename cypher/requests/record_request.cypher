// The request just made.
CREATE (request:Request)
SET request = $properties
RETURN request.request_id AS key
