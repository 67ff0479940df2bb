// How many requests an authority's data managers own, settled or not.
MATCH (request:Request {authority: $authority})
WHERE $settled = (request.state = "settled")
RETURN count(request) AS number
