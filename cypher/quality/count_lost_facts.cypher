// How many visible facts about carers, services and practitioners stand on a record that is not there.
MATCH (subject:Carer|Practitioner|Service)-[fact:LIVES_AT|WORKS_FOR|IN_AREA]->()
WHERE
  NOT subject:Child
  AND fact.source IS NOT NULL
  AND fact.run <= $published AND NOT fact.run IN $withdrawn
  AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
  AND NOT EXISTS {
    MATCH (subject)<-[:IDENTIFIES|DESCRIBES]-(record:Record)
    WHERE
      record.record = fact.record
      AND record.run <= $published AND NOT record.run IN $withdrawn
      AND (coalesce(record.ended_run > $published, true) OR record.ended_run IN $withdrawn)
  }
RETURN count(*) AS facts
