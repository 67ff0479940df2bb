// By what and when it was proven in this session who asks for an act, if that is fresh still.
MATCH (proof:Proof {key: $key})
WHERE proof.at >= $since
RETURN
  proof.by AS by,
  proof.at AS at
