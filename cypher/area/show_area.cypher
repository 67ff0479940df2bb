// The name of an authority.
MATCH (:LocalAuthority {gss_code: $authority})<-[describes:DESCRIBES]-(description:Record)
WHERE
  describes.run <= $published AND NOT describes.run IN $withdrawn
  AND (describes.ended_run IS NULL OR describes.ended_run > $published OR describes.ended_run IN $withdrawn)
  AND description.run <= $published AND NOT description.run IN $withdrawn
  AND (description.ended_run IS NULL OR description.ended_run > $published OR description.ended_run IN $withdrawn)
RETURN coalesce(description.name, "") AS name
ORDER BY description.run DESC
LIMIT 1
