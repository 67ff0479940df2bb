// The kind of each of these services, as the open records say it.
UNWIND $keys AS wanted
MATCH (service:Service {service_id: wanted})<-[:DESCRIBES]-(record:Record)
WHERE record.ended_run IS NULL
RETURN
  wanted AS key,
  record.kind AS kind
