// The questions to the team about a child, the oldest first.
MATCH (asking:Asking {child_id: $child_id})
RETURN
  asking.asking_id AS asking_id,
  asking.asked_on AS asked_on,
  asking.outcome AS outcome
ORDER BY asked_on, asking_id
LIMIT 1000
