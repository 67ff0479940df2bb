// The roles by which the directory knows a practitioner: of their description, and of where they work.
MATCH (practitioner:Practitioner {practitioner_id: $practitioner_id})
CALL (practitioner) {
  MATCH (description:Record)-[describes:DESCRIBES]->(practitioner)
  WHERE
    describes.run <= $published AND NOT describes.run IN $withdrawn
    AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
    AND description.run <= $published AND NOT description.run IN $withdrawn
    AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
  RETURN description.role AS role
  UNION
  MATCH (practitioner)-[works:WORKS_FOR]->(:Service)
  WHERE
    works.run <= $published AND NOT works.run IN $withdrawn
    AND (works.ended_run IS NULL OR works.ended_run > $published OR works.ended_run IN $withdrawn)
  RETURN works.role AS role
}
RETURN DISTINCT role AS role
ORDER BY role
LIMIT 20
