// Everything that tells these persons apart: what each record says, where they live and learn, who is around them.
UNWIND $persons AS wanted
MATCH (person:Person {person_id: wanted})
RETURN
  person.person_id AS person_id,
  COLLECT {
    MATCH (record:Record)-[identifies:IDENTIFIES]->(person)
    WHERE
      identifies.run <= $published AND NOT identifies.run IN $withdrawn
      AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
      AND record.run <= $published AND NOT record.run IN $withdrawn
      AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
      AND record.subject = "child"
      AND NOT record:Quarantined
    RETURN record {
      .record,
      .source,
      .forename,
      .middle_names,
      .family_name,
      .preferred_forename,
      .preferred_family_name,
      .former_family_name,
      other_names: coalesce(record.other_names, []),
      .date_of_birth,
      .sex,
      .postcode,
      former_postcodes: coalesce(record.former_postcodes, []),
      .nhs_number,
      .upn,
      .multiple_birth,
      kinds: COLLECT {
        MATCH (person)-[involves:INVOLVES]->(service)
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
    }
  } AS records,
  COLLECT {
    MATCH (person)-[fact:CARED_FOR_BY|LIVES_AT|ATTENDS|REGISTERED_WITH|RESPONSIBILITY_OF]->(target)
    WHERE
      fact.run <= $published AND NOT fact.run IN $withdrawn
      AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
    RETURN {
      type: type(fact),
      fact_id: fact.fact_id,
      record: fact.record,
      since: fact.from,
      until: fact.to,
      relationship: fact.relationship,
      target: coalesce(target.person_id, target.address_id, target.service_id, target.gss_code),
      lines: [
        line IN [target.line_1, target.line_2, target.line_3, target.line_4, target.postcode]
        WHERE line IS NOT NULL AND line <> ""
      ],
      names: COLLECT {
        MATCH (description:Record)-[link:DESCRIBES|IDENTIFIES]->(target)
        WHERE
          link.run <= $published AND NOT link.run IN $withdrawn
          AND (link.ended_run IS NULL OR link.ended_run > $published OR link.ended_run IN $withdrawn)
          AND description.run <= $published AND NOT description.run IN $withdrawn
          AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
          AND (fact.carer_record IS NULL OR description.record = fact.carer_record)
        RETURN coalesce(
          description.name,
          trim(coalesce(description.forename, "") + " " + coalesce(description.family_name, ""))
        )
        LIMIT 20
      }
    }
  } AS facts,
  COLLECT {
    MATCH (person)-[mine:LIVES_AT]->(home:Address)<-[theirs:LIVES_AT]-(other:Child)
    WHERE
      NOT other.person_id IN $persons
      AND mine.run <= $published AND NOT mine.run IN $withdrawn
      AND (mine.ended_run IS NULL OR mine.ended_run > $published OR mine.ended_run IN $withdrawn)
      AND coalesce(mine.to > $today, true)
      AND theirs.run <= $published AND NOT theirs.run IN $withdrawn
      AND (theirs.ended_run IS NULL OR theirs.ended_run > $published OR theirs.ended_run IN $withdrawn)
      AND coalesce(theirs.to > $today, true)
      AND NOT EXISTS {
        MATCH (shield:Shield)-[:SHIELDS]->(other)
        WHERE NOT coalesce(shield.to <= $today, false)
      }
    WITH DISTINCT other
    LIMIT 20
    MATCH (record:Record)-[identifies:IDENTIFIES]->(other)
    WHERE
      identifies.run <= $published AND NOT identifies.run IN $withdrawn
      AND (identifies.ended_run IS NULL OR identifies.ended_run > $published OR identifies.ended_run IN $withdrawn)
      AND record.run <= $published AND NOT record.run IN $withdrawn
      AND (record.ended_run IS NULL OR record.ended_run > $published OR record.ended_run IN $withdrawn)
      AND NOT record.source IN ["involvements", "signpost"]
      AND NOT record:Quarantined
    RETURN {
      person_id: other.person_id,
      source: record.source,
      forename: record.forename,
      family_name: record.family_name,
      date_of_birth: record.date_of_birth
    }
  } AS household
LIMIT 100
