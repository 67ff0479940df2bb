// Records that were loaded before search had an index of its own get what it finds them by, as loads write it.
MATCH (record:Record {subject: "child"})
WHERE record.search_born IS NULL AND NOT record:Quarantined
CALL (record) {
  WITH
    record,
    right("000" + record.date_of_birth.year, 4) AS year,
    right("0" + record.date_of_birth.month, 2) AS month,
    right("0" + record.date_of_birth.day, 2) AS day
  SET record.search_born = coalesce(year + month + day + " " + year + month + " " + year, "undated")
} IN TRANSACTIONS OF 5000 ROWS;
