"""Tomorrow's files: one that is good, and three that show what happens when one is not."""

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from loaders.synthetic import calendar, identifiers, involvements, pds, registers, stories, synthesis
from loaders.synthetic.desk import Desk
from loaders.synthetic.files import Sink, Written, file_name
from loaders.synthetic.places import World
from loaders.synthetic.population import Chunk

UNCHANGED, CHANGED, NEW = 30, 12, 6
# Few enough bad ones among them that the good ones load.
GOOD_CLAIMS = 400


def tomorrow(
    out: Path, *, as_at: date, seed: int, children: int, postcodes: Path | None = None, compress: bool = False
) -> tuple[Written, ...]:
    """Writes the day after's four delta files into a folder, for the population of that day, seed and size."""
    out.mkdir(parents=True, exist_ok=True)
    world, issued = synthesis.prepared(children, calendar.day(as_at), seed, postcodes)
    chunk, cases, desk = synthesis.families(world, synthesis.chunks(children)[0], issued, (seed, 1))
    day = as_at + timedelta(days=1)

    def path(feed: str, supplier: str, ext: str = "csv") -> Path:
        return out / file_name(feed, supplier, day, ext, kind="delta")

    bodies = (
        (path("pds", "nhs", "jsonl"), _changes_of_demographics(chunk, desk)),
        (path("child_benefit", "dwp"), _claims_with_bad_rows(chunk, desk, as_at)),
        (path("school_census", "dfe"), _census_with_an_unknown_column(chunk, desk)),
        (path("involvements", "southmere"), _twin_of_a_shielded_child(chunk, cases, desk)),
    )
    return tuple(_written(file, lines, compress=compress) for file, lines in bodies)


def _written(path: Path, lines: list[str], *, compress: bool) -> Written:
    feed, supplier = path.name.split(".")[:2]
    with Sink(path, feed, supplier, compress=compress) as sink:
        sink.text("".join(line + "\n" for line in lines))
        sink.rows = len(lines) - (0 if feed == "pds" else 1)
    return sink.written()


def _changes_of_demographics(chunk: Chunk, desk: Desk) -> list[str]:
    """Rows that say what was said before, moves to another house and practice, and births."""
    said = pds.patient_lines(chunk.children, desk.for_feed("pds"))
    children = chunk.children
    plain = ~children[["shielded", "adopted", "died", "foster", "abroad"]].any(axis=1) & (children["left"] == "")
    rows = np.flatnonzero(plain & (children["practice"] >= 0))
    unchanged = [said[int(row)].as_py().rstrip("\n") for row in rows[:UNCHANGED]]
    exact = _faultless(desk)
    moved = _moved(children.iloc[rows[UNCHANGED : UNCHANGED + CHANGED]].reset_index(drop=True), desk.world, desk.as_at)
    babies = _babies(children.iloc[rows[-NEW:]].reset_index(drop=True), desk.as_at)
    lines = unchanged + [
        line.as_py().rstrip("\n") for frame in (moved, babies) for line in pds.patient_lines(frame, exact)
    ]
    return lines


def _faultless(desk: Desk) -> Desk:
    made = desk.for_feed("tomorrow")
    made.faultless = True
    return made


def _moved(children: pd.DataFrame, world: World, as_at: int) -> pd.DataFrame:
    town = children["town"].to_numpy()
    number = np.arange(len(children))
    practice = world.practice_blocks.first[town] + world.practice_blocks.count[town] - 1
    # A small town has fewer postcodes than there are moves.
    place = world.homes.first[town] + (9 + number) % world.homes.count[town]
    return children.assign(
        address_old=children["address"], address=place * 100 + 11 + number,
        moved_on=as_at - 3, practice=practice, practice_since=as_at - 2,
    )  # fmt: skip


def _babies(siblings: pd.DataFrame, as_at: int) -> pd.DataFrame:
    """Newly born brothers and sisters."""
    names = np.array(["Ottilie", "Rafferty", "Seren", "Macsen", "Bronwen", "Gethin"], dtype=object)
    number = np.arange(len(siblings))
    return siblings.assign(
        forename=names[number % len(names)], middle="", known_as="", former="", male=number % 2 == 1,
        born=as_at - 4 - number, nhs=identifiers.valid_nhs_block(991)[500:][: len(siblings)].astype(str).astype(object),
        address_old=-1, moved_on=as_at - 4 - number, practice_since=as_at - 1, maternity=1, order=1, upn="",
    )  # fmt: skip


def _rows_of(write: Callable[[Sink], None]) -> list[str]:
    """The lines that a writer writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        with Sink(path, "", "", compress=False) as sink:
            write(sink)
        return path.read_text(encoding="utf-8").splitlines()


def _claims_with_bad_rows(chunk: Chunk, desk: Desk, as_at: date) -> list[str]:
    lines = _rows_of(lambda sink: registers.child_benefit(sink, chunk, desk.for_feed("child_benefit")))
    header, good = lines[0], lines[1 : 1 + GOOD_CLAIMS]
    columns = header.split(",")
    donors = lines[1 + GOOD_CLAIMS :]
    bad = [_spoilt(columns, donors[place], place, changes) for place, changes in enumerate(_spoils(as_at)) if changes]
    bad.append(good[0])  # a key that an earlier row has
    bad.append(donors[20] + ",one cell too many")
    step = len(good) // len(bad)
    for place, line in enumerate(bad, 1):
        good.insert(place * step + place - 1, line)
    return [header, *good]


def _spoils(as_at: date) -> tuple[dict[str, str], ...]:
    """What is wrong with each bad row, each for a reason of its own."""
    later, earlier = as_at + timedelta(days=400), as_at - timedelta(days=9000)
    return (
        {"CHILD_SURNAME": ""},
        {"CHILD_SURNAME": "Smi\u202eth"},
        {"CHILD_SURNAME": "Long" * 40},
        {"CHILD_SURNAME": "???"},
        {"CHILD_DOB": "2016-02-31"},
        {"CHILD_DOB": "1066-10-14"},
        {"CHILD_DOB": later.isoformat()},
        {"CHILD_TO": earlier.isoformat()},
        {"CLAIM_REF": "CHB 12#34"},
        {"CHILD_SEQ": "two"},
    )


def _spoilt(columns: list[str], line: str, place: int, changes: dict[str, str]) -> str:
    cells = dict(zip(columns, line.split(","), strict=True))
    # A claim of its own, so that nothing else is wrong with the row.
    cells["CLAIM_REF"] = f"CHB9990000{place}"
    return ",".join((cells | changes).values())


def _census_with_an_unknown_column(chunk: Chunk, desk: Desk) -> list[str]:
    lines = _rows_of(lambda sink: registers.school_census(sink, chunk, desk.for_feed("school_census")))
    return [lines[0] + ",PupilPremium", *[line + ",1" for line in lines[1:61]]]


def _twin_of_a_shielded_child(chunk: Chunk, cases: pd.DataFrame, desk: Desk) -> list[str]:
    """A row that resembles the child of story 4, without a number, misspelt and at an address nobody had heard of."""
    lines = _rows_of(lambda sink: involvements.write({"southmere": sink}, cases, chunk, desk))
    child = next(child for child in stories.CHILDREN if child.key == "elsie")
    born = child.born + (calendar.date_of(desk.as_at) - stories.TODAY)
    postcode = desk.postcodes(np.array([desk.world.address(18, "Beacon Terrace", "Southmere")]))[0]
    cells = {
        "INVOLVEMENT_ID": "99900001-1", "SERVICE_ID": "SM-HUB-SOUTHMERE", "LOCAL_ID": "99900001",
        "SURNAME": child.family + "e", "FORENAMES": child.forename, "DOB": born.isoformat(), "SEX": "F",
        "POSTCODE": str(postcode), "PRACTITIONER_ID": "SM-HUB-900", "PRACTITIONER_NAME": "Colm Daly",
        "ROLE": "family support worker", "PHONE": "01632 960575",
        "START_DATE": calendar.date_of(desk.as_at).isoformat(), "BASIS": "consent",
        "CONSENT_DATE": calendar.date_of(desk.as_at).isoformat(),
    }  # fmt: skip
    made = ",".join(cells.get(column, "") for column in involvements.COLUMNS)
    return [*lines[:31], made]
