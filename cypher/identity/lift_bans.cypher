// Nothing: two persons may be one again, as people have decided.
MATCH (:Person {person_id: $one})-[ban:MUST_NOT_LINK]-(:Person {person_id: $other})
DELETE ban
