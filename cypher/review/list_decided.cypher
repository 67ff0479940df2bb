// The cases that people of an authority have decided, newest first.
MATCH (judgement:Judgement {authority: $authority})
WHERE judgement.settled IS NOT NULL
RETURN
  judgement.judgement_id AS judgement_id,
  judgement.kind AS kind,
  judgement.entry AS entry,
  judgement.candidate AS candidate,
  judgement.settled AS said,
  judgement.reason AS reason,
  judgement.on AS on,
  judgement.at AS at,
  judgement.authority AS authority,
  judgement.run AS run,
  judgement.records AS records,
  judgement.since AS since,
  head(COLLECT {
    MATCH (user:User {user_id: judgement.by})
    RETURN user.name
  }) AS by,
  head(COLLECT {
    MATCH (apart:Judgement {undoes: judgement.judgement_id})
    RETURN apart.on
  }) AS taken_apart_on,
  head(COLLECT {
    MATCH (apart:Judgement {undoes: judgement.judgement_id})
    RETURN apart.at
  }) AS taken_apart_at
ORDER BY at DESC, judgement_id
SKIP $skip
LIMIT $limit
