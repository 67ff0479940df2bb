// The alert that somebody owns now.
MATCH (alert:Alert {alert_id: $alert_id})
SET alert.owner = $user_id
RETURN alert.alert_id AS alert_id
