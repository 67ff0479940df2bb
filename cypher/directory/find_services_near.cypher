// Services of these kinds in one authority, or in those in which open ones have a postcode that begins like this.
CALL () {
  MATCH (authority:LocalAuthority {gss_code: $authority})
  RETURN authority
  UNION
  MATCH (near:Record)-[describes:DESCRIBES]->(service:Service)-[fact:IN_AREA]->(authority:LocalAuthority)
  WHERE
    near.kind IN $open_kinds
    AND near.postcode STARTS WITH $district
    AND near.run <= $published AND NOT near.run IN $withdrawn
    AND (near.ended_run IS NULL OR near.ended_run > $published OR near.ended_run IN $withdrawn)
    AND describes.run <= $published AND NOT describes.run IN $withdrawn
    AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
    AND fact.run <= $published AND NOT fact.run IN $withdrawn
    AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
  RETURN authority
}
MATCH (service:Service)-[fact:IN_AREA]->(authority)
WHERE
  fact.run <= $published AND NOT fact.run IN $withdrawn
  AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
  AND EXISTS {
    MATCH (description:Record)-[describes:DESCRIBES]->(service)
    WHERE
      description.kind IN $kinds
      AND describes.run <= $published AND NOT describes.run IN $withdrawn
      AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
      AND description.run <= $published AND NOT description.run IN $withdrawn
      AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
  }
WITH DISTINCT service
ORDER BY service.service_id
LIMIT 5000
RETURN
  service.service_id AS service_id,
  COLLECT {
    MATCH (service)-[fact:IN_AREA]->(area:LocalAuthority)
    WHERE
      fact.run <= $published AND NOT fact.run IN $withdrawn
      AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
    RETURN DISTINCT area.gss_code
  } AS areas,
  head(COLLECT {
    MATCH (service)-[fact:IN_AREA]->(:LocalAuthority)<-[describes:DESCRIBES]-(description:Record)
    WHERE
      fact.run <= $published AND NOT fact.run IN $withdrawn
      AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
      AND describes.run <= $published AND NOT describes.run IN $withdrawn
      AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
      AND description.run <= $published AND NOT description.run IN $withdrawn
      AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
    RETURN description.name
    ORDER BY description.run DESC
  }) AS area,
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
      .name,
      .kind,
      .organisation,
      .telephone,
      .out_of_hours,
      .email,
      .hours,
      lines: [
        line IN [description.line_1, description.line_2, description.line_3, description.line_4]
        WHERE line <> ""
      ],
      .postcode,
      .statutory,
      .closed_on,
      .status
    }
  } AS described
ORDER BY service_id
