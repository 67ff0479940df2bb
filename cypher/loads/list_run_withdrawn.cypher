// The NHS numbers that a run has withdrawn.
MATCH (number:WithdrawnNumber {run: $run})
RETURN number.nhs_number AS key
