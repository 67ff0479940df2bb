// Children whom a name and a date of birth fit, for the user of an open session: user locked first, audit chain last.
MATCH (session:Session {token_hash: $token_hash})
MATCH (user:User {user_id: session.user_id})
SET user.locked_by = $op_id
WITH session, user
WHERE
  session.ended_at IS NULL
  AND session.expires_at > $now
  AND session.seen_at > $idle_since
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
  coalesce(publication.withdrawn, []) AS withdrawn,
  CASE WHEN user.statutory THEN $statutory_kinds ELSE $open_kinds END AS kinds
CALL (user, published, withdrawn, kinds) {
  MATCH (born:Record {date_of_birth: $date_of_birth})-[identifies:IDENTIFIES]->(child:Child)
  WHERE
    user.role IN $child_roles
    AND identifies.run <= published AND NOT identifies.run IN withdrawn
    AND (identifies.ended_run IS NULL OR identifies.ended_run > published OR identifies.ended_run IN withdrawn)
    AND born.run <= published AND NOT born.run IN withdrawn
    AND (born.ended_run IS NULL OR born.ended_run > published OR born.ended_run IN withdrawn)
    AND NOT born:Quarantined
    AND (born.source <> "involvements" OR EXISTS {
      MATCH (child)-[involves:INVOLVES]->(service)<-[describes:DESCRIBES]-(description:Record)
      WHERE involves.record = born.record
        AND description.kind IN kinds
        AND involves.run <= published AND NOT involves.run IN withdrawn
        AND (involves.ended_run IS NULL OR involves.ended_run > published OR involves.ended_run IN withdrawn)
        AND describes.run <= published AND NOT describes.run IN withdrawn
        AND (describes.ended_run IS NULL OR describes.ended_run > published OR describes.ended_run IN withdrawn)
        AND description.run <= published AND NOT description.run IN withdrawn
        AND (description.ended_run IS NULL OR description.ended_run > published OR description.ended_run IN withdrawn)
    })
  WITH DISTINCT child, published, withdrawn, kinds
  WHERE all(term IN $terms WHERE EXISTS {
    MATCH (record:Record)-[identifies:IDENTIFIES]->(child)
    WHERE term IN record.search_names
      AND identifies.run <= published AND NOT identifies.run IN withdrawn
      AND (identifies.ended_run IS NULL OR identifies.ended_run > published OR identifies.ended_run IN withdrawn)
      AND record.run <= published AND NOT record.run IN withdrawn
      AND (record.ended_run IS NULL OR record.ended_run > published OR record.ended_run IN withdrawn)
      AND NOT record:Quarantined
      AND (record.source <> "involvements" OR EXISTS {
        MATCH (child)-[involves:INVOLVES]->(service)<-[describes:DESCRIBES]-(description:Record)
        WHERE involves.record = record.record
          AND description.kind IN kinds
          AND involves.run <= published AND NOT involves.run IN withdrawn
          AND (involves.ended_run IS NULL OR involves.ended_run > published OR involves.ended_run IN withdrawn)
          AND describes.run <= published AND NOT describes.run IN withdrawn
          AND (describes.ended_run IS NULL OR describes.ended_run > published OR describes.ended_run IN withdrawn)
          AND description.run <= published AND NOT description.run IN withdrawn
          AND (description.ended_run IS NULL OR description.ended_run > published OR description.ended_run IN withdrawn)
      })
  })
  WITH child, published, withdrawn
  ORDER BY child.child_id
  LIMIT 21
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
    }) AS records
  }
  CALL (child, published, withdrawn) {
    MATCH (child)-[fact:CARED_FOR_BY]->(target)
    WHERE
      fact.run <= published AND NOT fact.run IN withdrawn
      AND (fact.ended_run IS NULL OR fact.ended_run > published OR fact.ended_run IN withdrawn)
      AND coalesce(fact.from <= $today, true)
      AND coalesce(fact.to > $today, true)
    RETURN collect({
      type: type(fact),
      fact_id: fact.fact_id,
      record: fact.record,
      source: fact.source,
      supplier: fact.supplier,
      run: fact.run,
      since: fact.from,
      until: fact.to,
      relationship: fact.relationship,
      parental_responsibility: fact.parental_responsibility,
      involvement: fact.involvement,
      role: fact.role,
      lead: fact.lead,
      target: target.person_id,
      described: COLLECT {
        MATCH (description:Record)-[link:DESCRIBES|IDENTIFIES]->(target)
        WHERE
          link.run <= published AND NOT link.run IN withdrawn
          AND (link.ended_run IS NULL OR link.ended_run > published OR link.ended_run IN withdrawn)
          AND description.run <= published AND NOT description.run IN withdrawn
          AND (description.ended_run IS NULL OR description.ended_run > published OR description.ended_run IN withdrawn)
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
      homes: [],
      said: null
    }) AS facts
  }
  RETURN collect({
    child_id: child.child_id,
    shielded: EXISTS {
      MATCH (shield:Shield)-[:SHIELDS]->(child)
      WHERE NOT coalesce(shield.to <= $today, false)
    },
    records: records,
    facts: facts,
    sheltered_with: []
  }) AS children
}
MERGE (head:AuditHead {shard: user.shard})
  ON CREATE SET
    head.seq = 0,
    head.hash = $genesis
SET head.locked_by = $op_id
WITH user, latest, published, withdrawn, children, head
RETURN
  user {
    .user_id,
    .name,
    .organisation,
    .role,
    .statutory,
    .authority,
    .practitioner_id,
    .service_id
  } AS user,
  head {.shard, .seq, .hash} AS head,
  {
    published: published,
    withdrawn: withdrawn,
    runs: COUNT { (:Run) },
    latest: coalesce(toString(latest.published_at), "") + coalesce(latest.sha256, "")
  } AS received,
  children AS children
