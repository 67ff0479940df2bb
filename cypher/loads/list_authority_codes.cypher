// The education department's code of each authority, as the open records say it.
MATCH (authority:LocalAuthority)<-[:DESCRIBES]-(record:Record)
WHERE record.ended_run IS NULL AND record.dfe_code IS NOT NULL
RETURN
  record.dfe_code AS dfe_code,
  authority.gss_code AS gss_code
LIMIT 10000
