// The NHS numbers that a register has withdrawn.
MATCH (number:WithdrawnNumber)
RETURN DISTINCT number.nhs_number AS key
