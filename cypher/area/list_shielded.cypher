// The shielded children of an authority or beside its children, their carers, and the children who shared a home.
MATCH (shield:Shield)-[:SHIELDS]->(shielded:Child)
WHERE
  NOT coalesce(shield.to <= $today, false)
  AND (
    EXISTS { (shielded)-[:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: $authority}) }
    OR EXISTS {
      (shielded)-[:LIVES_AT]->(:Address)<-[:LIVES_AT]-(:Child)
        -[:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: $authority})
    }
  )
WITH DISTINCT shielded
RETURN
  shielded.child_id AS child_id,
  COLLECT {
    MATCH (shielded)-[cares:CARED_FOR_BY]->(carer)<-[link:IDENTIFIES]-(said:Record)
    WHERE
      cares.run <= $published AND NOT cares.run IN $withdrawn
      AND (cares.ended_run IS NULL OR cares.ended_run > $published OR cares.ended_run IN $withdrawn)
      AND link.run <= $published AND NOT link.run IN $withdrawn
      AND (link.ended_run IS NULL OR link.ended_run > $published OR link.ended_run IN $withdrawn)
      AND said.run <= $published AND NOT said.run IN $withdrawn
      AND (said.ended_run IS NULL OR said.ended_run > $published OR said.ended_run IN $withdrawn)
    RETURN DISTINCT coalesce(said.forename, "") + " " + coalesce(said.family_name, "")
  } AS carers,
  COLLECT {
    MATCH (shielded)-[theirs:LIVES_AT]->(:Address)<-[mine:LIVES_AT]-(other:Child)
    WHERE
      other <> shielded
      AND theirs.run <= $published AND NOT theirs.run IN $withdrawn
      AND (theirs.ended_run IS NULL OR theirs.ended_run > $published OR theirs.ended_run IN $withdrawn)
      AND mine.run <= $published AND NOT mine.run IN $withdrawn
      AND (mine.ended_run IS NULL OR mine.ended_run > $published OR mine.ended_run IN $withdrawn)
    RETURN DISTINCT other.child_id
  } AS beside
ORDER BY child_id
LIMIT 1000000
