// Alerts with who owns them, the first due first.
MATCH (alert:Alert {state: $state})
OPTIONAL MATCH (user:User {user_id: alert.user_id})
OPTIONAL MATCH (owner:User {user_id: alert.owner})
RETURN
  alert.alert_id AS alert_id,
  alert.signal AS signal,
  alert.user_id AS user_id,
  user.name AS name,
  user.organisation AS organisation,
  alert.child_id AS child_id,
  alert.last_at AS at,
  alert.times AS times,
  alert.due_on AS due_on,
  alert.owner AS owner,
  owner.name AS owner_name,
  alert.state AS state,
  alert.outcome AS outcome
ORDER BY due_on, alert_id
SKIP $skip
LIMIT $limit
