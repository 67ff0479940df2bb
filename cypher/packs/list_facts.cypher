// Everything that any source has said of a child's places, people and services, and whether it is still said.
MATCH (child:Child {child_id: $child_id})
  -[fact:CARED_FOR_BY|LIVES_AT|ATTENDS|REGISTERED_WITH|INVOLVES|SEEN_BY|RESPONSIBILITY_OF]->(target)
WHERE fact.run <= $published AND NOT fact.run IN $withdrawn
RETURN
  type(fact) AS type,
  fact.fact_id AS fact_id,
  fact.record AS record,
  fact.source AS source,
  fact.supplier AS supplier,
  fact.from AS since,
  fact.to AS until,
  fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn AS said_now,
  head(COLLECT {
    MATCH (run:Run {run: coalesce(fact.file_run, fact.run)})
    RETURN run {
      .title,
      .file,
      received_on: coalesce(date(run.published_at), run.as_at),
      .national
    }
  }) AS sent,
  fact.said_on AS said_on,
  fact.relationship AS relationship,
  fact.parental_responsibility AS parental_responsibility,
  fact.enrolment AS enrolment,
  fact.year_group AS year_group,
  fact.involvement AS involvement,
  fact.basis AS basis,
  fact.consent_given_on AS consent_given_on,
  fact.role AS role,
  fact.lead AS lead,
  coalesce(
    target.service_id,
    target.practitioner_id,
    target.address_id,
    target.gss_code,
    target.person_id
  ) AS target,
  COLLECT {
    MATCH (description:Record)-[link:DESCRIBES|IDENTIFIES]->(target)
    WHERE
      link.run <= $published AND NOT link.run IN $withdrawn
      AND (link.ended_run IS NULL OR link.ended_run > $published OR link.ended_run IN $withdrawn)
      AND description.run <= $published AND NOT description.run IN $withdrawn
      AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
      AND (fact.carer_record IS NULL OR description.record = fact.carer_record)
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
  } AS described,
  [
    line IN [target.line_1, target.line_2, target.line_3, target.line_4, target.postcode]
    WHERE line IS NOT NULL AND line <> ""
  ] AS lines
ORDER BY type, since, source, supplier, fact_id
