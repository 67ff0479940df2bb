// Nothing: keeps the figures of this moment, and of the older ones the newest.
MERGE (quality:Quality {at: $at})
SET quality.run = $run, quality.figures = $figures
WITH quality
MATCH (older:Quality)
WITH older
ORDER BY older.at DESC
SKIP $kept
DELETE older
