// Nothing: what an account may do from now on.
MATCH (user:User {username: $username})
SET
  user.role = $role,
  user.organisation = $organisation,
  user.authority = $authority,
  user.statutory = $statutory,
  user.vetted_until = $vetted_until,
  user.trained_until = $trained_until
