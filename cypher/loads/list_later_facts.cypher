// Later runs whose facts point at services, practitioners or authorities that this run made.
MATCH (thing:Service|Practitioner|LocalAuthority {run: $run})<-[fact]-()
WHERE fact.run > $run
RETURN
  fact.run AS run,
  count(DISTINCT thing) AS subjects
