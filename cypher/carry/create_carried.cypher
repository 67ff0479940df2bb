// Nothing: makes again what was taken along, each with its labels.
UNWIND $rows AS row
CREATE (node:Carried:$(row.labels))
SET node = row.properties, node.carried_as = row.id
