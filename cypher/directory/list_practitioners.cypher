// Practitioners recorded as working for these services on a day, and what each source says of them.
UNWIND $services AS service_id
MATCH (service:Service {service_id: service_id})<-[works:WORKS_FOR]-(practitioner:Practitioner)
WHERE
  works.run <= $published AND NOT works.run IN $withdrawn
  AND (works.ended_run IS NULL OR works.ended_run > $published OR works.ended_run IN $withdrawn)
  AND coalesce(works.from <= $as_at, true)
  AND coalesce(works.to > $as_at, true)
WITH service_id, practitioner, collect(DISTINCT works.role) AS roles, min(works.from) AS since
ORDER BY service_id, practitioner.practitioner_id
LIMIT 1000
RETURN
  service_id AS service_id,
  practitioner.practitioner_id AS practitioner_id,
  roles AS roles,
  since AS since,
  COLLECT {
    MATCH (description:Record)-[describes:DESCRIBES]->(practitioner)
    WHERE
      describes.run <= $published AND NOT describes.run IN $withdrawn
      AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
      AND description.run <= $published AND NOT description.run IN $withdrawn
      AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
    RETURN description {
      .source,
      .run,
      .forename,
      .family_name,
      .name,
      .kind,
      .organisation,
      .telephone,
      .out_of_hours,
      .email,
      .hours,
      .role
    }
  } AS described
ORDER BY service_id, practitioner_id
