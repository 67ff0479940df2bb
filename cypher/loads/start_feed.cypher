// Nothing: files of this feed are loaded again.
MATCH (feed:Feed {feed: $feed})
REMOVE feed.stopped_by, feed.stopped_at
