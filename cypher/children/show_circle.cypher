// One child as the user of an open session may come to see it: the user is locked first, the audit chain last.
MATCH (session:Session {token_hash: $token_hash})
MATCH (user:User {user_id: session.user_id})
SET user.locked_by = $op_id
WITH session, user
WHERE
  session.ended_at IS NULL
  AND session.expires_at > $now
  AND session.seen_at > $idle_since[user.role]
  AND user.status = "active"
  AND coalesce(user.vetted_until >= $today, true)
  AND coalesce(user.trained_until >= $today, true)
FOREACH (stale IN CASE WHEN session.seen_at <= $touch_before THEN [session] ELSE [] END | SET stale.seen_at = $now)
WITH user
OPTIONAL MATCH (publication:Publication {id: "graph"})
OPTIONAL MATCH (latest:Run {run: publication.published})
WITH
  user,
  latest,
  coalesce(publication.published, 0) AS published,
  coalesce(publication.withdrawn, []) AS withdrawn
OPTIONAL MATCH (child:Child {child_id: $child_id})
WHERE user.role IN $child_roles
OPTIONAL MATCH (look:Look {user_id: user.user_id, child_id: $child_id})
WITH
  user,
  latest,
  published,
  withdrawn,
  child,
  look,
  CASE WHEN look.at < $day_begins THEN look.run ELSE look.before_run END AS since_run
CALL (child, published, withdrawn) {
  MATCH (record:Record)-[identifies:IDENTIFIES]->(child)
  WHERE
    identifies.run <= published AND NOT identifies.run IN withdrawn
    AND (identifies.ended_run IS NULL OR identifies.ended_run > published OR identifies.ended_run IN withdrawn)
    AND record.run <= published AND NOT record.run IN withdrawn
    AND (record.ended_run IS NULL OR record.ended_run > published OR record.ended_run IN withdrawn)
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
      MATCH (child)-[involves:INVOLVES]->(service)
      WHERE involves.record = record.record
        AND involves.run <= published AND NOT involves.run IN withdrawn
        AND (involves.ended_run IS NULL OR involves.ended_run > published OR involves.ended_run IN withdrawn)
      OPTIONAL MATCH (description:Record)-[describes:DESCRIBES]->(service)
      WHERE
        describes.run <= published AND NOT describes.run IN withdrawn
        AND (describes.ended_run IS NULL OR describes.ended_run > published OR describes.ended_run IN withdrawn)
        AND description.run <= published AND NOT description.run IN withdrawn
        AND (description.ended_run IS NULL OR description.ended_run > published OR description.ended_run IN withdrawn)
      RETURN description.kind
    }
  }) AS records,
    collect({record: record.record, line: record.line, file_run: record.file_run}) AS lines
}
CALL (child, published, withdrawn, since_run) {
  MATCH (child)-[fact:CARED_FOR_BY|LIVES_AT|ATTENDS|REGISTERED_WITH|INVOLVES|SEEN_BY|RESPONSIBILITY_OF]->(target)
  WHERE
    fact.run <= published AND NOT fact.run IN withdrawn
    AND (fact.ended_run IS NULL OR fact.ended_run > published OR fact.ended_run IN withdrawn)
    AND coalesce(fact.from <= $today, true)
    AND (coalesce(fact.to > $kept_from, true) OR fact.corrects IS NOT NULL)
  OPTIONAL MATCH (target)-[:IN_AREA]->(area:LocalAuthority)
  WHERE target:Address
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
    target: coalesce(
      target.service_id,
      target.practitioner_id,
      target.address_id,
      target.gss_code,
      target.person_id
    ),
    described: COLLECT {
      MATCH (description:Record)-[link:DESCRIBES|IDENTIFIES]->(target)
      WHERE
        link.run <= published AND NOT link.run IN withdrawn
        AND (link.ended_run IS NULL OR link.ended_run > published OR link.ended_run IN withdrawn)
        AND description.run <= published AND NOT description.run IN withdrawn
        AND (description.ended_run IS NULL OR description.ended_run > published OR description.ended_run IN withdrawn)
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
    lines: [
      line IN [target.line_1, target.line_2, target.line_3, target.line_4, target.postcode]
      WHERE line IS NOT NULL AND line <> ""
    ],
    area: head(COLLECT {
      MATCH (description:Record)-[describes:DESCRIBES]->(area)
      WHERE
        describes.run <= published AND NOT describes.run IN withdrawn
        AND (describes.ended_run IS NULL OR describes.ended_run > published OR describes.ended_run IN withdrawn)
        AND description.run <= published AND NOT description.run IN withdrawn
        AND (description.ended_run IS NULL OR description.ended_run > published OR description.ended_run IN withdrawn)
      RETURN description.name
    }),
    homes: COLLECT {
      MATCH (target)-[home:LIVES_AT]->(address:Address)
      WHERE target:Carer
        AND home.run <= published AND NOT home.run IN withdrawn
        AND (home.ended_run IS NULL OR home.ended_run > published OR home.ended_run IN withdrawn)
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
    said: CASE
      WHEN fact.said_on IS NULL THEN null
      ELSE {on: fact.said_on, at: fact.said_at, after: fact.said_after, corrects: fact.corrects}
    END
  }) AS facts,
    collect(CASE
      WHEN fact.run > since_run AND EXISTS {
        MATCH (child)-[earlier]->(target)
        WHERE earlier.fact_id = fact.fact_id AND earlier.run <= since_run
      } THEN fact.fact_id
    END) AS restated
}
WITH
  user,
  latest,
  published,
  withdrawn,
  look,
  restated,
  lines,
  CASE
    WHEN child IS NULL THEN null
    ELSE {
      child_id: child.child_id,
      shielded: EXISTS {
        MATCH (shield:Shield)-[:SHIELDS]->(child)
        WHERE NOT coalesce(shield.to <= $today, false)
      },
      records: records,
      facts: facts,
      sheltered_with: COLLECT {
        MATCH (child)-[mine:LIVES_AT]->(home:Address)<-[theirs:LIVES_AT]-(other:Child)
        WHERE
          other <> child
          AND EXISTS {
            MATCH (shield:Shield)-[:SHIELDS]->(other)
            WHERE NOT coalesce(shield.to <= $today, false)
          }
          AND mine.run <= published AND NOT mine.run IN withdrawn
          AND (mine.ended_run IS NULL OR mine.ended_run > published OR mine.ended_run IN withdrawn)
          AND theirs.run <= published AND NOT theirs.run IN withdrawn
          AND (theirs.ended_run IS NULL OR theirs.ended_run > published OR theirs.ended_run IN withdrawn)
        MATCH (other)-[cares:CARED_FOR_BY]->(carer)<-[link:IDENTIFIES]-(said:Record)
        WHERE
          cares.run <= published AND NOT cares.run IN withdrawn
          AND (cares.ended_run IS NULL OR cares.ended_run > published OR cares.ended_run IN withdrawn)
          AND link.run <= published AND NOT link.run IN withdrawn
          AND (link.ended_run IS NULL OR link.ended_run > published OR link.ended_run IN withdrawn)
          AND said.run <= published AND NOT said.run IN withdrawn
          AND (said.ended_run IS NULL OR said.ended_run > published OR said.ended_run IN withdrawn)
        RETURN DISTINCT coalesce(said.forename, "") + " " + coalesce(said.family_name, "")
      }
    }
  END AS child
MERGE (head:AuditHead {shard: user.shard})
  ON CREATE SET
    head.seq = 0,
    head.hash = $genesis
SET head.locked_by = $op_id
WITH user, latest, published, withdrawn, look, restated, lines, child, head
RETURN
  user {
    .user_id,
    .name,
    .organisation,
    .role,
    .statutory,
    .authority,
    .practitioner_id,
    .service_id,
    children_a_day: coalesce(user.children_a_day, $children_a_day)
  } AS user,
  head {.shard, .seq, .hash} AS head,
  {
    published: published,
    withdrawn: withdrawn,
    runs: COUNT { (:Run) },
    latest: coalesce(toString(latest.published_at), "") + coalesce(latest.sha256, "")
  } AS received,
  child AS child,
  look {.run, .at, .before_run, .before_at} AS look,
  restated AS restated,
  lines AS lines
