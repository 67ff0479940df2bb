// The device by this key, if somebody has come in by it since.
MATCH (device:Device {key: $key})
WHERE device.seen_at > $since
RETURN device.key AS key
