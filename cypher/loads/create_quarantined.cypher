// Nothing: puts rows aside that resemble a shielded child; they identify nobody.
UNWIND $rows AS row
CREATE (record:Record:Quarantined)
SET record = row.properties, record.at = datetime()
