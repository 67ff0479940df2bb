// Nothing: a shield guards these names, dates of birth, postcodes and numbers.
MATCH (shield:Shield {shield_id: $shield_id})
SET shield += $guarded
