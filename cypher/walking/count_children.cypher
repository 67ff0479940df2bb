// How many children are recorded at each of these services on a day, up to a limit; shielded ones are not counted.
UNWIND $services AS service_id
MATCH (service:Service {service_id: service_id})
CALL (service) {
  MATCH (service)<-[fact:ATTENDS|REGISTERED_WITH|INVOLVES]-(child:Child)
  WHERE
    fact.run <= $published AND NOT fact.run IN $withdrawn
    AND (fact.ended_run IS NULL OR fact.ended_run > $published OR fact.ended_run IN $withdrawn)
    AND coalesce(fact.from <= $as_at, true)
    AND coalesce(fact.to > $as_at, true)
    AND NOT EXISTS {
      MATCH (shield:Shield)-[:SHIELDS]->(child)
      WHERE NOT coalesce(shield.to <= $today, false)
    }
  WITH DISTINCT child
  LIMIT $most
  RETURN count(child) AS number
}
RETURN service_id AS service_id, number AS number
ORDER BY service_id
LIMIT 100
