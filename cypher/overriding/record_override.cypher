// The override just begun, with the notice to the leads of the child's authority.
CREATE (override:Override)
SET override = $properties
CREATE (:Notice {
  notice_id: $notice_id,
  kind: "override",
  authority: override.authority,
  about: override.override_id,
  at: override.at
})
RETURN override.override_id AS key
