// What people of an authority have asked about the records of an entry, and nobody has answered, the oldest first.
MATCH (wish:Judgement {authority: $authority})
WHERE wish.kind = "taking_off" AND NOT EXISTS { (:Judgement {undoes: wish.judgement_id}) }
RETURN
  wish.candidate AS child_id,
  wish.on AS on,
  wish.by AS by
ORDER BY wish.at
LIMIT 200
