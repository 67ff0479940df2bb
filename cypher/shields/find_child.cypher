// The person with this child number.
MATCH (child:Child {child_id: $child_id})
RETURN child.person_id AS person_id
LIMIT 1
