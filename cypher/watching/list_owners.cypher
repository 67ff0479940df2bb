// Who may own an alert, and how many open ones each has: active auditors.
MATCH (owner:User {role: "auditor", status: "active"})
RETURN
  owner.user_id AS user_id,
  COUNT { MATCH (alert:Alert {state: "open"}) WHERE alert.owner = owner.user_id } AS open
ORDER BY open, user_id
LIMIT 1000
