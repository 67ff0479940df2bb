// How far the audit has been looked through.
MATCH (mark:WatchMark {id: "audit"})
RETURN mark.up_to AS up_to
