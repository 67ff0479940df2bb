// The children whom a practitioner is recorded as seeing today, by a line that a later statement may correct.
MATCH (:Practitioner {practitioner_id: $practitioner_id})<-[seen:SEEN_BY]-(child:Child)
WHERE
  seen.run <= $published AND NOT seen.run IN $withdrawn
  AND (seen.ended_run IS NULL OR seen.ended_run > $published OR seen.ended_run IN $withdrawn)
  AND coalesce(seen.from <= $today, true)
  AND coalesce(seen.to > $today, true)
RETURN DISTINCT child.child_id AS child_id
ORDER BY child_id
LIMIT $limit
