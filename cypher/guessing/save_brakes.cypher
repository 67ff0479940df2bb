// Nothing: how these brakes stand now.
UNWIND $rows AS row
MATCH (brake:Brake {key: row.key})
SET
  brake.failures = row.failures,
  brake.at = row.at,
  brake.wait_until = row.wait_until,
  brake.slowed_at = row.slowed_at
