// Nothing: makes the practitioners that are new.
UNWIND $rows AS row
MERGE (practitioner:Practitioner {practitioner_id: row.key})
  ON CREATE SET practitioner.source = $source, practitioner.code = row.code, practitioner.run = $run
