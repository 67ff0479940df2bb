// The children who may share a key with any of these new ones, and some who do not: what is equal is decided later.
CALL () {
  UNWIND $nhs_numbers AS number
  MATCH (record:Record {nhs_number: number})
  RETURN record
  UNION
  UNWIND $upns AS number
  MATCH (record:Record {upn: number})
  RETURN record
  UNION
  UNWIND $names AS words
  CALL db.index.fulltext.queryNodes("record_search", words) YIELD node AS record
  RETURN record
  UNION
  UNWIND $beginnings AS beginning
  CALL db.index.fulltext.queryNodes("record_search", beginning.words) YIELD node AS record
  WHERE record.postcode STARTS WITH beginning.area
  RETURN record
  UNION
  UNWIND $places AS place
  CALL db.index.fulltext.queryNodes("record_places", place.words) YIELD node AS record
  WHERE record.date_of_birth = date(place.born) OR any(name IN place.names WHERE name IN record.search_names)
  RETURN record
  UNION
  UNWIND $homes AS home
  CALL db.index.fulltext.queryNodes("address_line", home.words) YIELD node AS address
  MATCH (address)<-[lives:LIVES_AT]-(child:Child)
  WHERE lives.ended_run IS NULL AND lives.to IS NULL
  MATCH (child)<-[:IDENTIFIES]-(record:Record {record: lives.record})
  WHERE record.date_of_birth = date(home.born) OR any(name IN home.names WHERE name IN record.search_names)
  RETURN record
}
MATCH (record)-[identifies:IDENTIFIES]->(person:Person)
WHERE
  record.subject = "child" AND record.source <> "signpost"
  AND record.ended_run IS NULL AND identifies.ended_run IS NULL
RETURN DISTINCT person.person_id AS key
