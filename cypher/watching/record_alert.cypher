// The alert about this, made now or counted once more.
MERGE (alert:Alert {about: $about})
  ON CREATE SET
    alert += $properties,
    alert.times = 0
SET
  alert.times = CASE WHEN coalesce(alert.last_at, 0) < $at THEN alert.times + 1 ELSE alert.times END,
  alert.last_at = CASE WHEN coalesce(alert.last_at, 0) < $at THEN $at ELSE alert.last_at END
RETURN alert.alert_id AS alert_id, alert.times = 1 AND alert.alert_id = $properties.alert_id AS made
