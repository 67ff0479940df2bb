// The feeds that are stopped, who stopped each and when.
MATCH (feed:Feed)
WHERE feed.stopped_by IS NOT NULL
RETURN
  feed.feed AS feed,
  feed.stopped_by AS by,
  feed.stopped_at AS at
ORDER BY feed
LIMIT 1000
