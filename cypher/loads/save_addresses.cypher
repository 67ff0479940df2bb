// Nothing: makes the addresses that are new, each in the area of its authority where that is known.
UNWIND $rows AS row
MERGE (address:Address {address_id: row.address_id})
  ON CREATE SET address += row.properties, address.run = $run
WITH address, row
WHERE row.authority IS NOT NULL AND NOT EXISTS { (address)-[:IN_AREA]->() }
MATCH (area:LocalAuthority {gss_code: row.authority})
CREATE (address)-[:IN_AREA {run: $run}]->(area)
