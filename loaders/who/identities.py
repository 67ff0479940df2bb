"""Every observed identity of a person as a record to compare: each name and each home that a source has told of.

One row is one name of one record: the usual one, the one a child is known by, the former one, every other; and one
for each former postcode. Each row knows its person; what several sources say alike stands once (matching.md 5.2).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import duckdb
import pandas as pd
import pyarrow as pa

from loaders.tables import values
from loaders.who.records import tidy

# What a frame of identities has; `person` and `record` are always filled, `date_of_birth` is a day or its text.
COLUMNS = (
    "person", "record", "forename", "middle_names", "family_name", "preferred_forename", "preferred_family_name",
    "former_family_name", "other_names", "date_of_birth", "sex", "postcode", "former_postcodes", "nhs_number", "upn",
    "multiple_birth", "address",
)  # fmt: skip
_NAMES = (
    "person", "record", "forename", "middle_names", "family_name", "preferred_forename", "preferred_family_name",
    "former_family_name", "other_names", "former_postcodes",
)  # fmt: skip
_AT_END = "/"  # between a record and the number of its variant
# Two rows that agree in these say the same of one person.
SAME = (
    "person", "given", "middle", "family", "born", "sex", "postcode", "former", "address", "nhs", "upn",
)  # fmt: skip
Row = tuple[str, str, str, str, str, str]  # record, given, middle, family, former postcode, and the person


def observed(frame: pd.DataFrame) -> pa.Table:
    """The identities to compare, in the order of records: `key` is the record and which of its identities this is.

    `person` says whose it is.
    `multiple` says whether any record of the person tells of a multiple birth.
    """
    frame = frame.sort_values("record", kind="stable")
    cells = {name: values(frame[name]) for name in ("date_of_birth", "sex", "postcode", "address")}
    cells["date_of_birth"] = [_written(day) for day in cells["date_of_birth"]]
    cells |= {name: _filled(frame, name) for name in ("nhs_number", "upn")}
    rows, places = _variants(frame, list(zip(*cells.values(), strict=True)))
    turn: Counter[str] = Counter()
    raw = pd.DataFrame(
        {
            "key": [_key(row[0], turn) for row in rows],
            "given_names": [row[1] for row in rows],
            "middle_names": [row[2] for row in rows],
            "family_name": [row[3] for row in rows],
            "former_postcode": [row[4] for row in rows],
            **{name: [cell[at] or "" for at in places] for name, cell in cells.items()},
        }
    )
    multiple = _multiple(frame)
    persons = [row[5] for row in rows]
    table = tidy(raw).append_column("person", pa.array(persons, pa.string()))
    return table.append_column("multiple", pa.array([person in multiple for person in persons], pa.bool_()))


def _key(record: str, turn: Counter[str]) -> str:
    """The next key of a record: it hangs on nobody else, so that an identity keeps its key when others come and go."""
    turn[record] += 1
    return f"{record}{_AT_END}{turn[record]}"


def record_of(key: str) -> str:
    """The record that an identity is of."""
    return key.partition(_AT_END)[0]


def lay_out(con: duckdb.DuckDBPyConnection, identities: pa.Table, name: str) -> None:
    """Puts identities into a table: what is said twice of a person stands once, numbers on all that are the person's.

    A number is filled in only where the sources know of one and no other.
    """
    con.register("incoming", identities)
    same, one = ", ".join(SAME), "CASE WHEN min({0}) OVER p = max({0}) OVER p THEN min({0}) OVER p ELSE {0} END AS {0}"
    con.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT row_number() OVER (ORDER BY n) - 1 AS n, * EXCLUDE n FROM"
        f" (SELECT * FROM (SELECT * REPLACE ({one.format('nhs')}, {one.format('upn')}) FROM incoming"
        f" WINDOW p AS (PARTITION BY person)) QUALIFY row_number() OVER (PARTITION BY {same} ORDER BY n) = 1)"
    )
    con.unregister("incoming")


def _written(day: object) -> str:
    return day.isoformat() if isinstance(day, date) else str(day or "")


def _filled(frame: pd.DataFrame, name: str) -> list[str | None]:
    """A number on every record of whom the sources know one and no other: more of them then say the same."""
    numbers, persons = values(frame[name]), values(frame["person"])
    held: dict[str, set[str]] = {}
    for person, number in zip(persons, numbers, strict=True):
        if number:
            held.setdefault(person, set()).add(number)
    only = {person: next(iter(each)) for person, each in held.items() if len(each) == 1}
    return [number or only.get(person) for person, number in zip(persons, numbers, strict=True)]


def _variants(frame: pd.DataFrame, rest: Sequence[tuple[object, ...]]) -> tuple[list[Row], list[int]]:
    """A row for each name and former home of each record, and which row of the frame it is of.

    What an earlier record of the person says in the same words, `rest` included, is left out.
    """
    columns = [values(frame[name]) for name in _NAMES]
    rows: list[Row] = []
    places: list[int] = []
    there: set[tuple[object, ...]] = set()
    for at, cells in enumerate(zip(*columns, strict=True)):
        said = dict(zip(_NAMES, cells, strict=True))
        for row in _of(said):
            same = (*row[1:], *rest[at])
            if same not in there:
                there.add(same)
                rows.append(row)
                places.append(at)
    return rows, places


def _of(said: Mapping[str, object]) -> Iterator[Row]:
    record, person, middle = str(said["record"]), str(said["person"]), str(said["middle_names"] or "")
    earlier = _texts(said["former_postcodes"])
    last = earlier[-1] if earlier else ""
    names = list(dict.fromkeys(_names(said)))
    for given, family in names:
        yield (record, given, middle, family, last, person)
    for former in earlier[:-1]:
        yield (record, *_with(names[0], middle), former, person)


def _with(name: tuple[str, str], middle: str) -> tuple[str, str, str]:
    return name[0], middle, name[1]


def _names(said: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every given and family name under which a record knows the person, the usual one first."""
    given, family = str(said["forename"] or ""), str(said["family_name"] or "")
    preferred, known_as = str(said["preferred_forename"] or ""), str(said["preferred_family_name"] or "")
    former = str(said["former_family_name"] or "")
    yield given, family
    if preferred or known_as:
        yield preferred or given, known_as or family
    if preferred and known_as:
        yield preferred, family
        yield given, known_as
    if former:
        yield given, former
    for other in _texts(said["other_names"]):
        last, _, first = other.partition(", ")
        yield first or given, last or family


def _multiple(frame: pd.DataFrame) -> set[str]:
    flags: Iterable[object] = values(frame["multiple_birth"])
    return {person for person, flag in zip(values(frame["person"]), flags, strict=True) if flag}


def _texts(cell: object) -> Sequence[str]:
    return [text for text in cell if text] if isinstance(cell, list | tuple) else []
