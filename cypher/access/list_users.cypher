// Every account by username, without secrets.
MATCH (user:User)
RETURN
  user.username AS username,
  user.name AS name,
  user.role AS role,
  user.organisation AS organisation,
  user.authority AS authority,
  user.status AS status
ORDER BY username
LIMIT 100000
