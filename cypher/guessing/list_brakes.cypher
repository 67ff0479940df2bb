// The brakes of these keys that there are, as they stand: nobody is held up.
UNWIND $keys AS key
MATCH (brake:Brake {key: key})
RETURN
  brake.key AS key,
  brake.failures AS failures,
  brake.at AS at,
  brake.wait_until AS wait_until,
  brake.slowed_at AS slowed_at
LIMIT 10
