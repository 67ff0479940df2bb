// The child whom the records of an entry without any identify now, and whether that child is shielded.
MATCH (entry:Person {person_id: $person_id})<-[was:IDENTIFIES]-(record:Record)-[identifies:IDENTIFIES]->(child:Child)
WHERE
  was.ended_run IS NOT NULL
  AND child <> entry
  AND identifies.ended_run IS NULL
  AND NOT EXISTS {
    MATCH (entry)<-[still:IDENTIFIES]-(:Record)
    WHERE still.ended_run IS NULL
  }
RETURN
  child.child_id AS child_id,
  EXISTS {
    MATCH (shield:Shield)-[:SHIELDS]->(child)
    WHERE NOT coalesce(shield.to <= $today, false)
  } AS shielded
ORDER BY identifies.run DESC
LIMIT 1
