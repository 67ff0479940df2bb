// Whether a user holds the right to override a shield, and by when each open investigation of theirs is due.
MATCH (user:User {user_id: $user_id})
RETURN
  coalesce(user.may_override, false) AS held,
  COLLECT {
    MATCH (override:Override {user_id: user.user_id})
    WHERE override.finding IS NULL
    RETURN override.due_on
  } AS unanswered
