// Every child of an authority today, with what its counts need: no name, no date but those of birth.
MATCH (:LocalAuthority {gss_code: $authority})<-[responsible:RESPONSIBILITY_OF]-(child:Child)
WHERE
  responsible.run <= $published AND NOT responsible.run IN $withdrawn
  AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
  AND coalesce(responsible.from <= $today, true)
  AND coalesce(responsible.to > $today, true)
CALL (child) {
  MATCH (record:Record)-[identifies:IDENTIFIES]->(child)
  WHERE
    identifies.run <= $published AND NOT identifies.run IN $withdrawn
    AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
    AND record.run <= $published AND NOT record.run IN $withdrawn
    AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
    AND NOT record:Quarantined
  RETURN
    collect(DISTINCT CASE WHEN record.source IN $registers THEN record.date_of_birth END) AS births,
    count(record.died_on) + count(CASE WHEN record.left_england THEN 1 END) AS gone
}
RETURN
  child.child_id AS child_id,
  births AS births,
  gone > 0 AS gone,
  EXISTS {
    MATCH (child)-[place:ATTENDS|INVOLVES]->(:School)
    WHERE
      place.run <= $published AND NOT place.run IN $withdrawn
      AND (place.ended_run IS NULL OR place.ended_run > $published OR place.ended_run IN $withdrawn)
      AND coalesce(place.from <= $today, true)
      AND coalesce(place.to > $today, true)
  } AS school,
  EXISTS {
    MATCH (child)-[place:REGISTERED_WITH|INVOLVES]->(:GPPractice)
    WHERE
      place.run <= $published AND NOT place.run IN $withdrawn
      AND (place.ended_run IS NULL OR place.ended_run > $published OR place.ended_run IN $withdrawn)
      AND coalesce(place.from <= $today, true)
      AND coalesce(place.to > $today, true)
  } AS practice,
  CASE
    WHEN responsible.from >= $moved_since THEN NOT EXISTS {
      MATCH (child)-[earlier:LIVES_AT]->(:Address)-[:IN_AREA]->(:LocalAuthority {gss_code: $authority})
      WHERE
        earlier.run <= $published AND NOT earlier.run IN $withdrawn
        AND (earlier.ended_run IS NULL OR earlier.ended_run > $published OR earlier.ended_run IN $withdrawn)
        AND earlier.from < responsible.from
    }
    ELSE false
  END AS arrived,
  responsible.from AS since
