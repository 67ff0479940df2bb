// What the graph says of each of these users and children: names, homes, and whether anything ties the two.
MATCH (publication:Publication {id: "graph"})
WITH publication.published AS published, publication.withdrawn AS withdrawn
UNWIND $pairs AS pair
MATCH (user:User {user_id: pair.user})
MATCH (child:Child {child_id: pair.child})
RETURN
  user.user_id AS user,
  child.child_id AS child,
  user.name AS name,
  user.role AS role,
  coalesce(user.home_keys, []) AS homes,
  COLLECT {
    // Whoever cared for the child once as well, under every name: an ex-partner has looked for a child before.
    MATCH (child)-[cares:CARED_FOR_BY]->(carer)<-[link:IDENTIFIES]-(said:Record)
    WHERE
      cares.run <= published AND NOT cares.run IN withdrawn
      AND link.run <= published AND NOT link.run IN withdrawn
      AND said.run <= published AND NOT said.run IN withdrawn
    RETURN DISTINCT coalesce(said.forename, "") + " " + coalesce(said.family_name, "")
    UNION
    MATCH (child)<-[link:IDENTIFIES]-(said:Record)
    WHERE
      link.run <= published AND NOT link.run IN withdrawn
      AND (link.ended_run IS NULL OR link.ended_run > published OR link.ended_run IN withdrawn)
      AND said.run <= published AND NOT said.run IN withdrawn
      AND (said.ended_run IS NULL OR said.ended_run > published OR said.ended_run IN withdrawn)
    RETURN DISTINCT coalesce(said.forename, "") + " " + coalesce(said.family_name, "")
  } AS carers,
  COLLECT {
    MATCH (child)-[lives:LIVES_AT]->(home:Address)
    WHERE
      lives.run <= published AND NOT lives.run IN withdrawn
      AND (lives.ended_run IS NULL OR lives.ended_run > published OR lives.ended_run IN withdrawn)
      AND home.postcode IS NOT NULL
    RETURN DISTINCT home.postcode
  } AS postcodes,
  COLLECT {
    MATCH (child)-[lives:LIVES_AT]->(home:Address)
    WHERE lives.run <= published AND NOT lives.run IN withdrawn AND home.postcode IS NOT NULL
    RETURN DISTINCT home.postcode
    UNION
    MATCH (child)-[cares:CARED_FOR_BY]->()-[lives:LIVES_AT]->(home:Address)
    WHERE
      cares.run <= published AND NOT cares.run IN withdrawn
      AND lives.run <= published AND NOT lives.run IN withdrawn
      AND home.postcode IS NOT NULL
    RETURN DISTINCT home.postcode
  } AS family_postcodes,
  EXISTS {
    MATCH (child)-[fact:INVOLVES|ATTENDS|REGISTERED_WITH]->(:Service {service_id: user.service_id})
    WHERE fact.run <= published AND NOT fact.run IN withdrawn
  }
  OR EXISTS {
    MATCH (child)-[fact:SEEN_BY]->(:Practitioner {practitioner_id: user.practitioner_id})
    WHERE fact.run <= published AND NOT fact.run IN withdrawn
  }
  OR EXISTS {
    MATCH
      (child)-[mine:LIVES_AT]->(:Address)<-[theirs:LIVES_AT]-(:Child)
        -[fact:INVOLVES|ATTENDS|REGISTERED_WITH]->(:Service {service_id: user.service_id})
    WHERE
      mine.run <= published AND NOT mine.run IN withdrawn
      AND theirs.run <= published AND NOT theirs.run IN withdrawn
      AND fact.run <= published AND NOT fact.run IN withdrawn
  } AS served,
  EXISTS {
    MATCH (child)-[fact:RESPONSIBILITY_OF]->(:LocalAuthority {gss_code: user.authority})
    WHERE fact.run <= published AND NOT fact.run IN withdrawn
  } AS of_area,
  EXISTS {
    MATCH (:Practitioner {practitioner_id: user.practitioner_id})-[works:WORKS_FOR]->(:Service)
    WHERE works.run <= published AND NOT works.run IN withdrawn
  }
  AND NOT EXISTS {
    MATCH (:Practitioner {practitioner_id: user.practitioner_id})-[works:WORKS_FOR]->(:Service)
    WHERE
      works.run <= published AND NOT works.run IN withdrawn
      AND (works.ended_run IS NULL OR works.ended_run > published OR works.ended_run IN withdrawn)
      AND coalesce(works.to > $today, true)
  } AS left,
  EXISTS { (:Canary {child_id: child.child_id}) } AS canary
