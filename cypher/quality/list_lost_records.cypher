// How many visible records of persons of each source identify nobody.
MATCH (record:Record)
WHERE
  record.subject IN ["child", "carer"]
  AND NOT record:Quarantined
  AND record.run <= $published AND NOT record.run IN $withdrawn
  AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
  AND NOT EXISTS {
    MATCH (record)-[identifies:IDENTIFIES]->(:Person)
    WHERE
      identifies.run <= $published AND NOT identifies.run IN $withdrawn
      AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
  }
RETURN
  record.source AS source,
  count(*) AS records
