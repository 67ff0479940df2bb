// Who stopped a feed; no row if it is not stopped.
MATCH (feed:Feed {feed: $feed})
WHERE feed.stopped_by IS NOT NULL
RETURN feed.stopped_by AS by
LIMIT 1
