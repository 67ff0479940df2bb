// A service with all that is visible of what describes it.
MATCH (service:Service {service_id: $service_id})
RETURN
  service.service_id AS service_id,
  COLLECT {
    MATCH (description:Record)-[describes:DESCRIBES]->(service)
    WHERE
      describes.run <= $published AND NOT describes.run IN $withdrawn
      AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
      AND description.run <= $published AND NOT description.run IN $withdrawn
      AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
    RETURN description {.source, .run, .name, .kind, .organisation, .telephone, .hours, .email}
  } AS described
