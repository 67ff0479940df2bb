// How far the audit has been looked through now.
MERGE (mark:WatchMark {id: "audit"})
SET mark.up_to = CASE WHEN coalesce(mark.up_to, 0) < $up_to THEN $up_to ELSE mark.up_to END
RETURN mark.up_to AS up_to
