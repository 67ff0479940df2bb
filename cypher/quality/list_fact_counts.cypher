// How many visible facts of each type and source there are, and how many of them say when they begin and end.
MATCH ()-[fact:CARED_FOR_BY|LIVES_AT|ATTENDS|REGISTERED_WITH|INVOLVES|SEEN_BY|WORKS_FOR|IN_AREA|RESPONSIBILITY_OF]->()
WHERE
  // An address lies in an area by what it is: no source says so.
  fact.source IS NOT NULL
  AND fact.run <= $published AND NOT fact.run IN $withdrawn
  AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
RETURN
  type(fact) AS type,
  fact.source AS source,
  count(*) AS facts,
  count(fact.from) AS begun,
  count(fact.to) AS ended
