// How many cases people of an authority have decided.
MATCH (judgement:Judgement {authority: $authority})
WHERE judgement.settled IS NOT NULL
RETURN count(*) AS number
