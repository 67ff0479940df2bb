// Every visible record with all that it says, what it is about, and how that was decided.
MATCH (record:Record)
WHERE NOT record:Quarantined AND record.run <= $published AND NOT record.run IN $withdrawn
  AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
OPTIONAL MATCH (record)-[says:IDENTIFIES|DESCRIBES]->(subject)
WHERE says.run <= $published AND NOT says.run IN $withdrawn
  AND (says.ended_run IS NULL OR says.ended_run > $published OR says.ended_run IN $withdrawn)
RETURN
  properties(record) AS properties,
  type(says) AS says,
  says.method AS method,
  says.basis AS basis,
  says.score AS score,
  says.parts AS parts,
  labels(subject) AS labels,
  coalesce(subject.person_id, subject.service_id, subject.practitioner_id, subject.gss_code) AS subject
