// The question just asked.
CREATE (asking:Asking)
SET asking = $properties
RETURN asking.asking_id AS key
