// Every version of what any source has said of a child, and whether it is still said.
MATCH (record:Record)-[identifies:IDENTIFIES]->(child:Child {child_id: $child_id})
WHERE
  identifies.run <= $published AND NOT identifies.run IN $withdrawn
  AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
  AND record.run <= $published AND NOT record.run IN $withdrawn
  AND NOT record:Quarantined
RETURN
  record.record AS record,
  record.source AS source,
  record.supplier AS supplier,
  record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn AS said_now,
  head(COLLECT {
    MATCH (run:Run {run: coalesce(record.file_run, record.run)})
    RETURN run {
      .title,
      .file,
      received_on: coalesce(date(run.published_at), run.as_at),
      .national
    }
  }) AS sent,
  record.said_on AS said_on,
  record {
    .forename,
    .middle_names,
    .family_name,
    .preferred_forename,
    .preferred_family_name,
    .former_family_name,
    other_names: coalesce(record.other_names, []),
    .date_of_birth,
    .sex,
    .multiple_birth,
    .died_on,
    .left_england,
    .restricted,
    .stays_as,
    .consent_given_on,
    .stays_until,
    .nhs_number,
    .upn,
    .former_upn,
    .local_id,
    .postcode,
    former_postcodes: coalesce(record.former_postcodes, []),
    .telephone,
    .email
  } AS said,
  COLLECT {
    MATCH (child)-[involves:INVOLVES]->(service)
    WHERE
      involves.record = record.record
      AND involves.run <= $published AND NOT involves.run IN $withdrawn
    OPTIONAL MATCH (description:Record)-[describes:DESCRIBES]->(service)
    WHERE
      describes.run <= $published AND NOT describes.run IN $withdrawn
      AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
      AND description.run <= $published AND NOT description.run IN $withdrawn
      AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
    RETURN DISTINCT description.kind
  } AS kinds
ORDER BY source, supplier, record, said_now DESC
