// The children that a user may count at these carers, homes, services and practitioners, so many of each at most.
CALL () {
  UNWIND $carers AS key
  MATCH (thing:Person {person_id: key})
  RETURN key, thing
  UNION ALL
  UNWIND $homes AS key
  MATCH (thing:Address {address_id: key})
  RETURN key, thing
  UNION ALL
  UNWIND $services AS key
  MATCH (thing:Service {service_id: key})
  RETURN key, thing
  UNION ALL
  UNWIND $practitioners AS key
  MATCH (thing:Practitioner {practitioner_id: key})
  RETURN key, thing
}
CALL (thing) {
  MATCH (thing)<-[fact:CARED_FOR_BY|LIVES_AT|INVOLVES|SEEN_BY]-(child:Child)
  WHERE
    fact.run <= $published AND NOT fact.run IN $withdrawn
    AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
    AND coalesce(fact.from <= $today, true)
    AND coalesce(fact.to > $today, true)
    AND NOT EXISTS {
      MATCH (shield:Shield)-[:SHIELDS]->(child)
      WHERE
        NOT coalesce(shield.to <= $today, false)
        AND NOT EXISTS {
          MATCH (child)-[responsible:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: $manages})
          WHERE
            responsible.run <= $published AND NOT responsible.run IN $withdrawn
            AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
            AND coalesce(responsible.from <= $today, true)
            AND coalesce(responsible.to > $today, true)
        }
    }
    AND (
      fact:CARED_FOR_BY
      OR fact:LIVES_AT
      OR EXISTS {
        MATCH (child)-[involves:INVOLVES]->(service)
        WHERE
          involves.run <= $published AND NOT involves.run IN $withdrawn
          AND (involves.ended_run IS NULL OR involves.ended_run > $published OR involves.ended_run IN $withdrawn)
          AND involves.source = fact.source
          AND involves.supplier = fact.supplier
          AND (involves = fact OR (fact:SEEN_BY AND coalesce(involves.involvement, "") = coalesce(fact.involvement, "")))
        WITH COLLECT {
          MATCH (description:Record)-[describes:DESCRIBES]->(service)
          WHERE
            describes.run <= $published AND NOT describes.run IN $withdrawn
            AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
            AND description.run <= $published AND NOT description.run IN $withdrawn
            AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
          RETURN coalesce(description.kind, "") AS kind
        } AS kinds
        WHERE
          (size(kinds) > 0 AND all(kind IN kinds WHERE kind IN $named))
          OR (
            size(kinds) > 0 AND all(kind IN kinds WHERE kind IN $named_to_lead)
            AND EXISTS {
              MATCH (child)-[leads:SEEN_BY {lead: true}]->(:Practitioner {practitioner_id: $me})
              WHERE
                leads.run <= $published AND NOT leads.run IN $withdrawn
                AND (leads.ended_run IS NULL OR leads.ended_run > $published OR leads.ended_run IN $withdrawn)
                AND coalesce(leads.to > $today, true)
            }
          )
          OR (
            NOT (size(kinds) > 0 AND all(kind IN kinds WHERE kind IN $named_to_lead))
            AND EXISTS {
              MATCH (child)-[responsible:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: $manages})
              WHERE
                responsible.run <= $published AND NOT responsible.run IN $withdrawn
                AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
                AND coalesce(responsible.from <= $today, true)
                AND coalesce(responsible.to > $today, true)
            }
          )
        RETURN 1 AS one
      }
    )
  RETURN DISTINCT child
  LIMIT $most
}
MATCH (child)-[fact:CARED_FOR_BY|LIVES_AT|INVOLVES|SEEN_BY]->(thing)
WHERE
  fact.run <= $published AND NOT fact.run IN $withdrawn
  AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
  AND coalesce(fact.from <= $today, true)
  AND coalesce(fact.to > $today, true)
  AND (
    fact:CARED_FOR_BY
    OR fact:LIVES_AT
    OR EXISTS {
      MATCH (child)-[involves:INVOLVES]->(service)
      WHERE
        involves.run <= $published AND NOT involves.run IN $withdrawn
        AND (involves.ended_run IS NULL OR involves.ended_run > $published OR involves.ended_run IN $withdrawn)
        AND involves.source = fact.source
        AND involves.supplier = fact.supplier
        AND (involves = fact OR (fact:SEEN_BY AND coalesce(involves.involvement, "") = coalesce(fact.involvement, "")))
      WITH COLLECT {
        MATCH (description:Record)-[describes:DESCRIBES]->(service)
        WHERE
          describes.run <= $published AND NOT describes.run IN $withdrawn
          AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
          AND description.run <= $published AND NOT description.run IN $withdrawn
          AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
        RETURN coalesce(description.kind, "") AS kind
      } AS kinds
      WHERE
        (size(kinds) > 0 AND all(kind IN kinds WHERE kind IN $named))
        OR (
          size(kinds) > 0 AND all(kind IN kinds WHERE kind IN $named_to_lead)
          AND EXISTS {
            MATCH (child)-[leads:SEEN_BY {lead: true}]->(:Practitioner {practitioner_id: $me})
            WHERE
              leads.run <= $published AND NOT leads.run IN $withdrawn
              AND (leads.ended_run IS NULL OR leads.ended_run > $published OR leads.ended_run IN $withdrawn)
              AND coalesce(leads.to > $today, true)
          }
        )
        OR (
          NOT (size(kinds) > 0 AND all(kind IN kinds WHERE kind IN $named_to_lead))
          AND EXISTS {
            MATCH (child)-[responsible:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: $manages})
            WHERE
              responsible.run <= $published AND NOT responsible.run IN $withdrawn
              AND (responsible.ended_run IS NULL OR responsible.ended_run > $published OR responsible.ended_run IN $withdrawn)
              AND coalesce(responsible.from <= $today, true)
              AND coalesce(responsible.to > $today, true)
          }
        )
      RETURN 1 AS one
    }
  )
RETURN
  type(fact) AS type,
  key AS target,
  child.child_id AS child_id,
  fact.fact_id AS fact_id
ORDER BY type, target, child_id, fact_id
LIMIT 100000
