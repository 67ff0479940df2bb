// Children of whom a visible record that may name them fits the words best, each with all such records; best first.
CALL db.index.fulltext.queryNodes("record_search", $words, {limit: $most_hits}) YIELD node AS hit, score
MATCH (hit)-[found:IDENTIFIES]->(child:Child)
WHERE
  found.run <= $published AND NOT found.run IN $withdrawn
  AND (found.ended_run IS NULL OR found.ended_run > $published OR found.ended_run IN $withdrawn)
  AND hit.run <= $published AND NOT hit.run IN $withdrawn
  AND (hit.ended_run IS NULL OR hit.ended_run > $published OR hit.ended_run IN $withdrawn)
  AND NOT hit:Quarantined
  AND (hit.source <> "involvements" OR EXISTS {
    MATCH (child)-[involves:INVOLVES]->(service)<-[describes:DESCRIBES]-(description:Record)
    WHERE involves.record = hit.record
      AND description.kind IN $kinds
      AND involves.run <= $published AND NOT involves.run IN $withdrawn
      AND (involves.ended_run IS NULL OR involves.ended_run > $published OR involves.ended_run IN $withdrawn)
      AND describes.run <= $published AND NOT describes.run IN $withdrawn
      AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
      AND description.run <= $published AND NOT description.run IN $withdrawn
      AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
  })
WITH child, max(score) AS best
WHERE
  ($area IS NULL OR EXISTS {
    MATCH (child)-[responsible:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: $area})
    WHERE coalesce(responsible.from <= $today, true)
      AND coalesce(responsible.to > $today, true)
      AND responsible.run <= $published AND NOT responsible.run IN $withdrawn
      AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
  })
  AND ($school_ids IS NULL OR EXISTS {
    MATCH (child)-[attends:ATTENDS]->(school:School)
    WHERE school.service_id IN $school_ids
      AND attends.source <> "involvements"
      AND coalesce(attends.from <= $today, true)
      AND coalesce(attends.to > $today, true)
      AND attends.run <= $published AND NOT attends.run IN $withdrawn
      AND (attends.ended_run IS NULL OR attends.ended_run > $published OR attends.ended_run IN $withdrawn)
  })
WITH child, best
ORDER BY best DESC, child.child_id
LIMIT $most
CALL (child) {
  MATCH (record:Record)-[identifies:IDENTIFIES]->(child)
  WHERE
    identifies.run <= $published AND NOT identifies.run IN $withdrawn
    AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
    AND record.run <= $published AND NOT record.run IN $withdrawn
    AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
    AND NOT record:Quarantined
    AND (record.source <> "involvements" OR EXISTS {
      MATCH (child)-[involves:INVOLVES]->(service)<-[describes:DESCRIBES]-(description:Record)
      WHERE involves.record = record.record
        AND description.kind IN $kinds
        AND involves.run <= $published AND NOT involves.run IN $withdrawn
        AND (involves.ended_run IS NULL OR involves.ended_run > $published OR involves.ended_run IN $withdrawn)
        AND describes.run <= $published AND NOT describes.run IN $withdrawn
        AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
        AND description.run <= $published AND NOT description.run IN $withdrawn
        AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
    })
  RETURN collect(record {
    .source,
    .search_names,
    .forename,
    .family_name,
    .date_of_birth
  }) AS records
}
RETURN
  child.child_id AS child_id,
  EXISTS {
    MATCH (shield:Shield)-[:SHIELDS]->(child)
    WHERE NOT coalesce(shield.to <= $today, false)
  } AS shielded,
  records AS records
ORDER BY best DESC, child_id
