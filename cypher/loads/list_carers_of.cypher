// What is said of who cares for these children, each by the record beside that child; nothing of who is under review.
UNWIND $children AS wanted
MATCH (child:Person {person_id: wanted})-[care:CARED_FOR_BY]->(carer:Person)
WHERE
  care.ended_run IS NULL
  AND NOT EXISTS {
    MATCH (child)-[asked:POSSIBLE_SAME_AS]->()
    WHERE asked.ended_run IS NULL
  }
MATCH (record:Record {record: care.carer_record})-[identifies:IDENTIFIES]->(carer)
WHERE identifies.ended_run IS NULL AND record.ended_run IS NULL
RETURN
  wanted AS child,
  carer.person_id AS person,
  record.record AS record,
  care.relationship AS relationship,
  record.forename AS forename,
  record.family_name AS family_name,
  toString(record.date_of_birth) AS date_of_birth,
  record.nino_hash AS nino_hash
