// What decides which authority is responsible for these children: their open addresses and schools, and who is now.
UNWIND $persons AS wanted
MATCH (child:Person {person_id: wanted})
RETURN
  wanted AS person_id,
  [(child)-[home:LIVES_AT]->(address:Address)-[:IN_AREA]->(area:LocalAuthority)
    WHERE home.ended_run IS NULL
    | [home.source, toString(home.from), toString(home.to), address.address_id, area.gss_code]] AS homes,
  [(child)-[attends:ATTENDS]->(school:School)-[in_area:IN_AREA]->(area:LocalAuthority)
    WHERE attends.ended_run IS NULL AND in_area.ended_run IS NULL
    | [attends.source, toString(attends.from), toString(attends.to), school.service_id, area.gss_code]] AS schools,
  [(child)-[now:RESPONSIBILITY_OF]->(area:LocalAuthority)
    WHERE now.ended_run IS NULL
    | [now.fact_id, toString(now.from), area.gss_code]] AS responsible
