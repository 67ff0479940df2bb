// The children who live at these addresses, as far as these say more than a postcode.
UNWIND $addresses AS wanted
MATCH (address:Address {address_id: wanted})<-[lives:LIVES_AT]-(child:Child)
WHERE address.line_1 <> "" AND lives.ended_run IS NULL AND lives.to IS NULL
RETURN DISTINCT wanted AS address, child.person_id AS child
