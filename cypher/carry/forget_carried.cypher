// Nothing: what was taken along looks again as it did.
UNWIND $rows AS row
MATCH (node:Carried {carried_as: row.id})
REMOVE node:Carried, node.carried_as
