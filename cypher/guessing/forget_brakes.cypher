// Nothing: brakes that nobody has touched for so long are gone.
MATCH (brake:Brake)
WHERE brake.at < $before
WITH brake
LIMIT 1000
DELETE brake
