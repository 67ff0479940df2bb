// The brakes of these keys, in this order, once nobody else can change them; those that were not there are off.
UNWIND $keys AS key
MERGE (brake:Brake {key: key})
  ON CREATE SET
    brake.failures = 0.0,
    brake.at = $now,
    brake.wait_until = 0
SET brake.locked_by = $op_id
RETURN
  brake.key AS key,
  brake.failures AS failures,
  brake.at AS at,
  brake.wait_until AS wait_until,
  brake.slowed_at AS slowed_at
