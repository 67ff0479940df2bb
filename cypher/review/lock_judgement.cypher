// One decided case, which nobody else can change until the end of this transaction.
MATCH (judgement:Judgement {judgement_id: $judgement_id})
WHERE judgement.settled IS NOT NULL
SET judgement.locked_by = $op_id
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
