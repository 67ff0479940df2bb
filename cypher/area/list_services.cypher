// What is said of each of these services: its kind, its name, whose it is.
UNWIND $service_ids AS service_id
MATCH (service:Service {service_id: service_id})
RETURN
  service_id AS service_id,
  COLLECT {
    MATCH (description:Record)-[describes:DESCRIBES]->(service)
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
ORDER BY service_id
LIMIT 100000
