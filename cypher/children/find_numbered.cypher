// Children whom no shield is over, of whom a visible record that may name them says this number; one of the two is given.
CALL () {
  MATCH (record:Record {nhs_number: $nhs_number})
  RETURN record
  UNION
  MATCH (record:Record {upn: $upn})
  RETURN record
  UNION
  MATCH (record:Record {former_upn: $upn})
  RETURN record
}
MATCH (record)-[identifies:IDENTIFIES]->(child:Child)
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
  AND NOT EXISTS {
    MATCH (shield:Shield)-[:SHIELDS]->(child)
    WHERE NOT coalesce(shield.to <= $today, false)
  }
RETURN DISTINCT child.child_id AS child_id
ORDER BY child_id
LIMIT 60
