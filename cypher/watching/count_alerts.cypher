// How many alerts are open or settled, and how many of them nobody owns.
MATCH (alert:Alert {state: $state})
RETURN
  count(alert) AS number,
  count(CASE WHEN alert.owner IS NULL THEN 1 END) AS unowned,
  count(CASE WHEN alert.due_on < $today THEN 1 END) AS overdue
