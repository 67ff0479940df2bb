// The newest figures, newest first.
MATCH (quality:Quality)
RETURN
  quality.at AS at,
  quality.run AS run,
  quality.figures AS figures
ORDER BY at DESC
LIMIT $limit
