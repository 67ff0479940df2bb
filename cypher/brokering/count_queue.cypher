// How many questions an authority's team owns, dealt with or not.
MATCH (asking:Asking {authority: $authority})
WHERE $settled = (asking.outcome IS NOT NULL)
RETURN count(asking) AS number
