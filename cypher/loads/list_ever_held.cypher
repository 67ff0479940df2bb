// The persons who hold one of these NHS numbers or held it, by an open record or one that has ended.
UNWIND $numbers AS wanted
MATCH (record:Record {nhs_number: wanted})-[identifies:IDENTIFIES]->(person:Person)
WHERE identifies.ended_run IS NULL AND NOT record:Quarantined
RETURN DISTINCT person.person_id AS key
