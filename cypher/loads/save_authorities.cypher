// Nothing: makes the local authorities that are new.
UNWIND $rows AS row
MERGE (authority:LocalAuthority {gss_code: row.key})
  ON CREATE SET authority.run = $run
