// What is asked about the records of a child's entry, and nobody has answered.
MATCH (wish:Judgement {kind: "taking_off"})-[:ABOUT]->(:Person {person_id: $child_id})
WHERE wish.candidate = $child_id AND NOT EXISTS { (:Judgement {undoes: wish.judgement_id}) }
RETURN
  wish.judgement_id AS judgement_id,
  wish.records AS records,
  wish.entry AS whose,
  wish.by AS by,
  wish.on AS on,
  head(COLLECT {
    MATCH (user:User {user_id: wish.by})
    RETURN user.name
  }) AS name
ORDER BY wish.at
LIMIT 1
