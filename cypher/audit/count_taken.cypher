// Of how many children a user has been told today, by opening them, in lists and lately, and of how many of these again.
OPTIONAL MATCH (proof:Proof {key: $proof_key})
WITH CASE WHEN proof.at > $lately THEN proof.at ELSE $lately END AS lately
CALL (lately) {
  MATCH (event:AuditEvent {actor: $user_id})
  WHERE event.at >= $since AND event.decision = "allowed" AND NOT event.action STARTS WITH $not_counted
  UNWIND event.child_refs AS child
  WITH lately, child, event.action IN $lists AS listed, max(event.at) AS at
  RETURN
    count(CASE WHEN NOT listed AND at >= $day_begins THEN 1 END) AS opened,
    count(CASE WHEN listed AND at >= $day_begins THEN 1 END) AS named,
    count(CASE WHEN NOT listed AND at > lately THEN 1 END) AS lately_opened,
    count(CASE WHEN listed = $listed AND at >= $day_begins AND child IN $child_refs THEN 1 END) AS again
}
RETURN
  opened,
  named,
  lately_opened AS lately,
  again
