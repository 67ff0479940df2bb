// How many requests an authority's data managers own, settled or not.
MATCH (request:Request {authority: $authority})
WHERE $settled = (request.state = "settled" AND coalesce(request.review_on > $today, true))
RETURN count(request) AS number
