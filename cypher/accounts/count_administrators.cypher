// How many administrators there are, or will be once they have opened their accounts.
MATCH (user:User {role: "administrator"})
WHERE user.status IN ["active", "invited"]
RETURN count(user) AS number
