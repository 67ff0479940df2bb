// Every child.
MATCH (child:Child)
RETURN child.person_id AS key
