// Every NHS number that a visible run has withdrawn.
MATCH (number:WithdrawnNumber)
WHERE number.run <= $published AND NOT number.run IN $withdrawn
RETURN number.nhs_number AS number
