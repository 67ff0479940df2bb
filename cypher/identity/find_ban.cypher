// The judgement by which these two persons are not one.
MATCH (:Person {person_id: $one})-[ban:MUST_NOT_LINK]-(:Person {person_id: $other})
RETURN ban.judgement_id AS key
LIMIT 1
