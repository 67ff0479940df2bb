// The alert that has its outcome.
MATCH (alert:Alert {alert_id: $alert_id})
SET
  alert.state = "settled",
  alert.outcome = $outcome,
  alert.settled_by = $user_id,
  alert.settled_at = $at
RETURN alert.alert_id AS alert_id
