// Nothing: no file of this feed is loaded until it is started again.
MERGE (feed:Feed {feed: $feed})
SET feed.stopped_by = $by, feed.stopped_at = datetime()
