// Of the next children by their number: how many, up to which, and of how many something does not fit.
MATCH (child:Child)
WHERE child.child_id > $after
WITH child
ORDER BY child.child_id
LIMIT $limit
CALL (child) {
  MATCH (child)<-[identifies:IDENTIFIES]-(record:Record)
  WHERE
    identifies.run <= $published AND NOT identifies.run IN $withdrawn
    AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
    AND record.run <= $published AND NOT record.run IN $withdrawn
    AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
  RETURN
    collect(record.record) AS said_by,
    count(DISTINCT record.date_of_birth) AS births,
    collect(DISTINCT record.nhs_number) AS nhs_numbers,
    collect(DISTINCT record.upn) AS upns
}
CALL (child) {
  MATCH (child)-[fact:CARED_FOR_BY|LIVES_AT|ATTENDS|REGISTERED_WITH|INVOLVES|SEEN_BY|RESPONSIBILITY_OF]->(target)
  WHERE
    fact.run <= $published AND NOT fact.run IN $withdrawn
    AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
  WITH
    target,
    type(fact) AS type,
    fact.record AS record,
    coalesce(fact.enrolment, "") IN ["subsidiary", "guest"] AS beside,
    coalesce(fact.from <= $today, true) AND coalesce(fact.to > $today, true) AS current
  RETURN
    collect(CASE WHEN type <> "RESPONSIBILITY_OF" THEN record END) AS standing_on,
    count(CASE WHEN type = "RESPONSIBILITY_OF" THEN 1 END) AS authorities,
    count(DISTINCT CASE WHEN type = "LIVES_AT" AND current THEN coalesce(target.postcode, "none") END) AS homes,
    count(DISTINCT CASE WHEN type = "ATTENDS" AND current AND NOT beside THEN target END) AS schools,
    count(DISTINCT CASE WHEN type = "REGISTERED_WITH" AND current THEN target END) AS practices
}
// An end tested by coalesce is not looked up in the index of ends, which would be gone through for every number.
CALL (child, nhs_numbers) {
  UNWIND nhs_numbers AS number
  MATCH (other:Record {nhs_number: number})-[identifies:IDENTIFIES]->(person:Person)
  WHERE
    person <> child
    AND identifies.run <= $published AND NOT identifies.run IN $withdrawn
    AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
    AND other.run <= $published AND NOT other.run IN $withdrawn
    AND (coalesce(other.ended_run > $published, true) OR other.ended_run IN $withdrawn)
  RETURN count(*) AS same_nhs_number
}
CALL (child, upns) {
  UNWIND upns AS number
  MATCH (other:Record {upn: number})-[identifies:IDENTIFIES]->(person:Person)
  WHERE
    person <> child
    AND identifies.run <= $published AND NOT identifies.run IN $withdrawn
    AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
    AND other.run <= $published AND NOT other.run IN $withdrawn
    AND (coalesce(other.ended_run > $published, true) OR other.ended_run IN $withdrawn)
  RETURN count(*) AS same_upn
}
RETURN
  count(*) AS children,
  max(child.child_id) AS last,
  count(CASE WHEN size(said_by) = 0 THEN 1 END) AS without_record,
  count(CASE WHEN size(standing_on) = 0 THEN 1 END) AS without_fact,
  count(CASE WHEN authorities = 0 THEN 1 END) AS without_authority,
  count(CASE WHEN authorities > 1 THEN 1 END) AS several_authorities,
  sum(size([record IN standing_on WHERE NOT record IN said_by])) AS facts_without_record,
  count(CASE WHEN homes = 0 THEN 1 END) AS without_home,
  count(CASE WHEN homes > 1 THEN 1 END) AS several_homes,
  count(CASE WHEN schools > 1 THEN 1 END) AS several_schools,
  count(CASE WHEN practices > 1 THEN 1 END) AS several_practices,
  count(CASE WHEN births > 1 THEN 1 END) AS several_births,
  count(CASE WHEN same_nhs_number > 0 THEN 1 END) AS shared_nhs_number,
  count(CASE WHEN same_upn > 0 THEN 1 END) AS shared_upn
