// The question that a user has asked about a child and that is not due yet: whether it is dealt with is not told.
MATCH (asking:Asking {asked_by: $user_id})
WHERE asking.child_id = $child_id AND asking.due_on > $today
RETURN asking.asking_id AS key
LIMIT 1
