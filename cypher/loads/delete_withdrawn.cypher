// Nothing: forgets that a run withdrew these numbers.
UNWIND $rows AS row
MATCH (number:WithdrawnNumber {nhs_number: row, run: $run})
DELETE number
