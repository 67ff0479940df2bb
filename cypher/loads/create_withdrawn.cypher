// Nothing: keeps numbers that are no longer to be used.
UNWIND $rows AS row
CREATE (number:WithdrawnNumber)
SET number = row
