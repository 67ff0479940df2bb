// The question that the team has dealt with.
MATCH (asking:Asking {asking_id: $asking_id})
SET
  asking.outcome = $outcome,
  asking.contact = $contact,
  asking.settled_by = $user_id,
  asking.settled_at = $at
RETURN asking.asking_id AS key
