"""The common transfer file: pupils with their carers, as schools send them to one another."""

from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from loaders.synthetic import calendar, errors, fixed, rates
from loaders.synthetic.desk import Desk, adult_ids, child_ids, lettered, uprns
from loaders.synthetic.files import Sink, join, text, when
from loaders.synthetic.identifiers import Ints, Texts
from loaders.synthetic.population import Chunk
from loaders.synthetic.registers import held_upns

RELATIONSHIPS = {"MTH": "PAM", "FTH": "PAF", "STPPRN": "STP", "GRMTH": "REL", "GRFTH": "REL", "PRNFOST": "FOM"}


def header(authority: fixed.Authority, as_at: int) -> str:
    """Everything before the first pupil."""
    day = calendar.date_of(as_at).isoformat()
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<CTfile>\n<Header><DocumentName>Common Transfer File</DocumentName>'
        f"<CTFversion>26.0</CTFversion><DateTime>{day}T06:00:00</DateTime><DocumentQualifier>full</DocumentQualifier>"
        f"<DataQualifier>1</DataQualifier><SupplierID>{escape(authority.council)}</SupplierID>"
        f"<SourceSchool><LEA>{authority.dfe}</LEA><Estab>LLLL</Estab></SourceSchool>"
        f"<DestSchool><LEA>{authority.dfe}</LEA><Estab>MMMM</Estab></DestSchool></Header>\n<CTFpupilData>\n"
    )


FOOTER = "</CTFpupilData>\n</CTfile>\n"


def pupils(sink: Sink, chunk: Chunk, desk: Desk, authority: int) -> None:
    """The pupils whose files were sent on within an authority, those of independent schools among them."""
    every = chunk.children
    schools = desk.world.schools["authority"].to_numpy()
    sent = (every["school"] >= 0).to_numpy() & (schools[np.maximum(every["school"].to_numpy(), 0)] == authority)
    sent &= every.get("in_ctf", pd.Series(desk.rng.random(len(every)) < rates.TRANSFER_FILES)).to_numpy()
    rows = np.flatnonzero(sent)
    children = every.iloc[rows].reset_index(drop=True)
    lines, keys = _pupil_lines(chunk, children, rows, desk, authority)
    sink.pieces(lines, rows=len(children))
    people = child_ids(children["person"].to_numpy())
    supplier = fixed.AUTHORITIES[authority].supplier
    desk.remember("common_transfer_file", supplier, keys, people)
    for order in (1, 2, 3):
        adult = _adults_of(chunk, order)[rows]
        here = adult >= 0
        desk.remember("common_transfer_file", supplier, keys[here] + f"/contact/{order}", adult_ids(chunk, adult[here]))


def _adults_of(chunk: Chunk, order: int) -> Ints:
    """The row of each child's carer of that place in the order; -1 where there is none."""
    found = np.full(len(chunk.children), -1)
    bonds = chunk.bonds[chunk.bonds["order"] == order]
    found[bonds["child"].to_numpy(np.int64)] = bonds["adult"].to_numpy(np.int64)
    return found


def _pupil_lines(
    chunk: Chunk, children: pd.DataFrame, rows: Ints, desk: Desk, authority: int
) -> tuple[pa.Array, Texts]:
    count = len(children)
    seen = errors.blur(children, desk.level(rates.USUAL), desk.world, desk.rng)
    address = np.where(children["shielded"], -1, seen.address).astype(np.int64)
    upn = held_upns(children, seen.borrowed, desk)
    upn[children["independent"].to_numpy()] = ""
    group = children["year_group"].to_numpy()
    first = calendar.september(children["reception"].to_numpy())
    entered = children["entered"].to_numpy()
    lines = join(
        "<Pupil>", _element("UPN", upn), "<Surname>", safe(seen.family), "</Surname><Forename>", safe(seen.forename),
        "</Forename><DOB>", calendar.iso(seen.born), "</DOB><Sex>", lettered(children["male"].to_numpy()),
        "</Sex><BasicDetails>", _element("FormerUPN", children["upn_old"].to_numpy(object)),
        _element("MiddleNames", children["middle"].to_numpy(object)), _element("PreferredSurname", seen.preferred),
        "<NCyearActual>", np.where(group < 0, "N2", np.where(group == 0, "R", group.astype(str))).astype(object),
        "</NCyearActual></BasicDetails>", when(address != -1, _address(address, desk), count), "<Contacts>",
        *[_contact(chunk, children, rows, order, desk) for order in (1, 2, 3)], "</Contacts><SchoolHistory>",
        _school(children["school_old"].to_numpy(), first, desk, left=np.maximum(first + 30, entered - 12)),
        _school(children["school"].to_numpy(), entered, desk),
        "</SchoolHistory></Pupil>\n", rows=count,
    )  # fmt: skip
    born = calendar.iso(seen.born).to_numpy(zero_copy_only=False)
    named = f"{fixed.AUTHORITIES[authority].dfe}LLLL/" + seen.family + "/" + seen.forename + "/" + born
    return lines, np.where(upn == "", named, upn).astype(object)


def _contact(chunk: Chunk, children: pd.DataFrame, rows: Ints, order: int, desk: Desk) -> pa.Array:
    """The carer of that place in the order, or nothing."""
    count = len(rows)
    adult, relation = np.full(len(chunk.children), -1), np.full(len(chunk.children), "", dtype=object)
    responsible, at_home = np.zeros(len(chunk.children), dtype=bool), np.zeros(len(chunk.children), dtype=bool)
    bonds = chunk.bonds[chunk.bonds["order"] == order]
    child = bonds["child"].to_numpy()
    adult[child], relation[child] = bonds["adult"].to_numpy(), bonds["relation"].map(RELATIONSHIPS).to_numpy(object)
    responsible[child], at_home[child] = bonds["responsible"].to_numpy(), bonds["at_home"].to_numpy()
    adult, relation, responsible, at_home = adult[rows], relation[rows], responsible[rows], at_home[rows]
    men = chunk.adults["title"].to_numpy(object)[np.maximum(adult, 0)] == "Mr"
    relation = np.where((relation == "FOM") & men, "FOF", relation).astype(object)
    there = (adult >= 0) & (at_home | ~children["shielded"].to_numpy())
    adults = chunk.adults.iloc[np.maximum(adult, 0)]
    home = adults["address"].to_numpy(np.int64)
    piece = join(
        f"<Contact><Order>{order}</Order><Title>", adults["title"].to_numpy(object), "</Title><Surname>",
        safe(adults["family"].to_numpy(object)), "</Surname><Forename>", safe(adults["forename"].to_numpy(object)),
        "</Forename><Relationship>", relation, "</Relationship><Responsibility>",
        when(responsible, "true", count, "false"), "</Responsibility>",
        when(at_home, "<AddressAsPupil>true</AddressAsPupil>", count, _address(home, desk)),
        "<Phones><Phone><TelephoneType>M</TelephoneType><PhoneNo>", adults["phone"].to_numpy(object),
        "</PhoneNo></Phone></Phones><Email>", adults["email"].to_numpy(object), "</Email></Contact>", rows=count,
    )  # fmt: skip
    return when(there, piece, count)


def _address(address: Ints, desk: Desk) -> pa.Array:
    return join(
        "<Address><AddressLine1>", safe(desk.streets(address)), "</AddressLine1><AddressLine2>",
        safe(desk.towns(address)), "</AddressLine2><PostCode>", desk.postcodes(address), "</PostCode>",
        _element("UPRN", uprns(address)), "</Address>", rows=len(address),
    )  # fmt: skip


def _school(school: Ints, entered: Ints, desk: Desk, left: Ints | None = None) -> pa.Array:
    schools = desk.world.schools.iloc[np.maximum(school, 0)]
    dfe = np.array([a.dfe for a in fixed.AUTHORITIES])[schools["authority"].to_numpy()]
    piece = join(
        "<School><LEA>", dfe, "</LEA><Estab>", schools["estab"].to_numpy(), "</Estab><SchoolName>",
        safe(schools["name"].to_numpy(object)), "</SchoolName><EntryDate>", calendar.iso(entered), "</EntryDate>",
        "" if left is None else join("<LeavingDate>", calendar.iso(left), "</LeavingDate>", rows=len(school)),
        "</School>", rows=len(school),
    )  # fmt: skip
    return when(school >= 0, piece, len(school))


def safe(column: Texts) -> pa.Array:
    """The texts as they may stand in XML."""
    made = text(column, len(column))
    for plain, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        made = pc.replace_substring(made, plain, written)
    return made


def _element(name: str, column: Texts) -> pa.Array:
    rows = len(column)
    return when(column != "", join(f"<{name}>", safe(column), f"</{name}>", rows=rows), rows)
