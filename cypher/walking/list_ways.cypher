// Every way to another child: recorded at these homes or with these carers; those who are shielded last.
CALL () {
  UNWIND $homes AS home_id
  MATCH (home:Address {address_id: home_id})
  CALL (home) {
    RETURN home AS place
    UNION
    MATCH (place:Address {postcode: home.postcode})
    WHERE
      coalesce(home.line_1, home.line_2) <> ""
      AND [line IN [place.line_1, place.line_2, place.line_3, place.line_4] WHERE line <> "" | toLower(line)]
      = [line IN [home.line_1, home.line_2, home.line_3, home.line_4] WHERE line <> "" | toLower(line)]
    RETURN place
  }
  MATCH (place)<-[fact:LIVES_AT]-(other:Child)
  WHERE
    other.child_id <> $child_id
    AND fact.run <= $published AND NOT fact.run IN $withdrawn
    AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
    AND coalesce(fact.from <= $as_at, true)
    AND coalesce(fact.to > $as_at, true)
  RETURN
    other,
    {
      way: "home",
      end: home_id,
      fact_id: fact.fact_id,
      record: fact.record,
      source: fact.source,
      supplier: fact.supplier,
      run: coalesce(fact.file_run, fact.run),
      since: fact.from,
      named: []
    } AS way
  UNION
  UNWIND $carers AS carer_id
  MATCH (carer:Person {person_id: carer_id})<-[fact:CARED_FOR_BY]-(other:Child)
  WHERE
    other.child_id <> $child_id
    AND fact.run <= $published AND NOT fact.run IN $withdrawn
    AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
    AND coalesce(fact.from <= $as_at, true)
    AND coalesce(fact.to > $as_at, true)
  RETURN
    other,
    {
      way: "carer",
      end: carer_id,
      fact_id: fact.fact_id,
      record: fact.record,
      source: fact.source,
      supplier: fact.supplier,
      run: coalesce(fact.file_run, fact.run),
      since: fact.from,
      named: []
    } AS way
  UNION
  UNWIND $carers AS carer_id
  MATCH (:Child {child_id: $child_id})-[care:CARED_FOR_BY]->(:Person {person_id: carer_id})-[mine:LIVES_AT]->(home:Address)
  WHERE
    (care.carer_record IS NULL OR mine.record = care.carer_record)
    AND mine.run <= $published AND NOT mine.run IN $withdrawn
    AND (mine.ended_run IS NULL OR mine.ended_run > $published OR mine.ended_run IN $withdrawn)
    AND coalesce(mine.from <= $as_at, true)
    AND coalesce(mine.to > $as_at, true)
  WITH DISTINCT carer_id, home
  CALL (home) {
    RETURN home AS place
    UNION
    MATCH (place:Address {postcode: home.postcode})
    WHERE
      coalesce(home.line_1, home.line_2) <> ""
      AND [line IN [place.line_1, place.line_2, place.line_3, place.line_4] WHERE line <> "" | toLower(line)]
      = [line IN [home.line_1, home.line_2, home.line_3, home.line_4] WHERE line <> "" | toLower(line)]
    RETURN place
  }
  MATCH (place)<-[theirs:LIVES_AT]-(twin:Carer)<-[fact:CARED_FOR_BY]-(other:Child)
  WHERE
    twin.person_id <> carer_id
    AND other.child_id <> $child_id
    AND theirs.run <= $published AND NOT theirs.run IN $withdrawn
    AND (theirs.ended_run IS NULL OR theirs.ended_run > $published OR theirs.ended_run IN $withdrawn)
    AND coalesce(theirs.from <= $as_at, true)
    AND coalesce(theirs.to > $as_at, true)
    AND fact.run <= $published AND NOT fact.run IN $withdrawn
    AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
    AND coalesce(fact.from <= $as_at, true)
    AND coalesce(fact.to > $as_at, true)
  RETURN
    other,
    {
      way: "namesake",
      end: carer_id,
      fact_id: fact.fact_id,
      record: fact.record,
      source: fact.source,
      supplier: fact.supplier,
      run: coalesce(fact.file_run, fact.run),
      since: fact.from,
      named: COLLECT {
        MATCH (said:Record)-[link:IDENTIFIES]->(twin)
        WHERE
          link.run <= $published AND NOT link.run IN $withdrawn
          AND (link.ended_run IS NULL OR link.ended_run > $published OR link.ended_run IN $withdrawn)
          AND said.run <= $published AND NOT said.run IN $withdrawn
          AND (said.ended_run IS NULL OR said.ended_run > $published OR said.ended_run IN $withdrawn)
        RETURN coalesce(said.forename, "") + " " + coalesce(said.family_name, "")
      }
    } AS way
}
WITH other, collect(DISTINCT way) AS ways
WITH
  other,
  ways,
  EXISTS {
    MATCH (shield:Shield)-[:SHIELDS]->(other)
    WHERE NOT coalesce(shield.to <= $today, false)
  } AS shielded
ORDER BY shielded, all(way IN ways WHERE way.way = "home"), other.child_id
LIMIT 100
RETURN other.child_id AS child_id, ways AS ways
