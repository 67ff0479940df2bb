// Nothing: the user has come in by this device.
MERGE (device:Device {key: $key})
  ON CREATE SET device.first_at = $now
SET
  device.user_id = $user_id,
  device.seen_at = $now
