// Nothing: connects again what was taken along.
UNWIND $rows AS row
MATCH (start:Carried {carried_as: row.start_id})
MATCH (end:Carried {carried_as: row.end_id})
CREATE (start)-[link:$(row.type)]->(end)
SET link = row.properties
