// The child that nobody has a reason to look at, because it is invented.
MATCH (child:Child {child_id: $child_id})
MERGE (canary:Canary {child_id: child.child_id})
RETURN canary.child_id AS child_id
