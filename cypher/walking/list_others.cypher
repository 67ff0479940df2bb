// These children as a walk may come to them: who they are, their carers and their authority.
UNWIND $children AS child_id
MATCH (other:Child {child_id: child_id})
WITH other
ORDER BY other.child_id
LIMIT 100
CALL (other) {
  MATCH (record:Record)-[identifies:IDENTIFIES]->(other)
  WHERE
    identifies.run <= $published AND NOT identifies.run IN $withdrawn
    AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
    AND record.run <= $published AND NOT record.run IN $withdrawn
    AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
    AND NOT record:Quarantined
  RETURN collect(record {
    .record,
    .source,
    .supplier,
    .run,
    confirmed_by: coalesce(record.confirmed_by, []),
    .forename,
    .family_name,
    .date_of_birth,
    .sex,
    .died_on,
    .left_england,
    .stays_until,
    kinds: COLLECT {
      MATCH (other)-[involves:INVOLVES]->(service)
      WHERE involves.record = record.record
        AND involves.run <= $published AND NOT involves.run IN $withdrawn
        AND (involves.ended_run IS NULL OR involves.ended_run > $published OR involves.ended_run IN $withdrawn)
      OPTIONAL MATCH (description:Record)-[describes:DESCRIBES]->(service)
      WHERE
        describes.run <= $published AND NOT describes.run IN $withdrawn
        AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
        AND description.run <= $published AND NOT description.run IN $withdrawn
        AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
      RETURN description.kind
    }
  }) AS records
}
CALL (other) {
  MATCH (other)-[fact:CARED_FOR_BY|RESPONSIBILITY_OF]->(target)
  WHERE
    fact.run <= $published AND NOT fact.run IN $withdrawn
    AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
  RETURN collect({
    type: type(fact),
    fact_id: fact.fact_id,
    record: fact.record,
    source: fact.source,
    supplier: fact.supplier,
    run: coalesce(fact.file_run, fact.run),
    since: fact.from,
    until: fact.to,
    relationship: fact.relationship,
    parental_responsibility: fact.parental_responsibility,
    involvement: fact.involvement,
    role: fact.role,
    lead: fact.lead,
    target: coalesce(target.gss_code, target.person_id),
    described: COLLECT {
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
    },
    lines: [],
    area: null,
    homes: COLLECT {
      MATCH (target)-[home:LIVES_AT]->(address:Address)
      WHERE target:Carer
        AND home.run <= $published AND NOT home.run IN $withdrawn
        AND (home.ended_run IS NULL OR home.ended_run > $published OR home.ended_run IN $withdrawn)
        AND (fact.carer_record IS NULL OR home.record = fact.carer_record)
        AND coalesce(home.from <= $as_at, true)
        AND coalesce(home.to > $as_at, true)
      RETURN {
        address_id: address.address_id,
        lines: [
          line IN [address.line_1, address.line_2, address.line_3, address.line_4, address.postcode]
          WHERE line IS NOT NULL AND line <> ""
        ]
      }
    },
    said: null
  }) AS facts
}
RETURN
  other.child_id AS child_id,
  EXISTS {
    MATCH (shield:Shield)-[:SHIELDS]->(other)
    WHERE NOT coalesce(shield.to <= $today, false)
  } AS shielded,
  records AS records,
  facts AS facts,
  COLLECT {
    MATCH (other)-[mine:LIVES_AT]->(home:Address)<-[theirs:LIVES_AT]-(sibling:Child)
    WHERE
      sibling <> other
      AND EXISTS {
        MATCH (shield:Shield)-[:SHIELDS]->(sibling)
        WHERE NOT coalesce(shield.to <= $today, false)
      }
      AND mine.run <= $published AND NOT mine.run IN $withdrawn
      AND (mine.ended_run IS NULL OR mine.ended_run > $published OR mine.ended_run IN $withdrawn)
      AND theirs.run <= $published AND NOT theirs.run IN $withdrawn
      AND (theirs.ended_run IS NULL OR theirs.ended_run > $published OR theirs.ended_run IN $withdrawn)
    MATCH (sibling)-[cares:CARED_FOR_BY]->(carer)<-[link:IDENTIFIES]-(said:Record)
    WHERE
      cares.run <= $published AND NOT cares.run IN $withdrawn
      AND (cares.ended_run IS NULL OR cares.ended_run > $published OR cares.ended_run IN $withdrawn)
      AND link.run <= $published AND NOT link.run IN $withdrawn
      AND (link.ended_run IS NULL OR link.ended_run > $published OR link.ended_run IN $withdrawn)
      AND said.run <= $published AND NOT said.run IN $withdrawn
      AND (said.ended_run IS NULL OR said.ended_run > $published OR said.ended_run IN $withdrawn)
    RETURN DISTINCT coalesce(said.forename, "") + " " + coalesce(said.family_name, "")
  } AS sheltered_with
ORDER BY child_id
