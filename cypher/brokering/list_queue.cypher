// The questions that an authority's team owns, dealt with or not: the first due first.
MATCH (asking:Asking {authority: $authority})
WHERE $settled = (asking.outcome IS NOT NULL)
OPTIONAL MATCH (asker:User {user_id: asking.asked_by})
RETURN
  asking.asking_id AS asking_id,
  asking.child_id AS child_id,
  asking.authority AS authority,
  asking.reason AS reason,
  asking.asked_by AS asked_by,
  asker.name AS asker,
  asker.organisation AS organisation,
  asking.asked_on AS asked_on,
  asking.due_on AS due_on,
  asking.outcome AS outcome,
  asking.contact AS contact
ORDER BY due_on, asking_id
SKIP $skip
LIMIT $limit
