// What the leads of an authority are told on their first page: when a shield was overridden, and of nobody in particular.
MATCH (notice:Notice {authority: $authority})
WHERE notice.kind = "override" AND notice.answered_at IS NULL
RETURN
  notice.about AS about,
  notice.at AS at
ORDER BY at DESC
LIMIT 20
