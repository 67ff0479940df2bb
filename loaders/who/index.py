"""The index of who is known: every observed identity of every person, and what agrees by chance among them.

It is derived from records alone, one person at a time, so that a few persons can be put in anew and the whole is as if
it had been made at once. It stands in a DuckDB database attached as `known`: in memory, or a file that is only read.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property

import duckdb
import pandas as pd
import pyarrow as pa

from loaders.tables import values
from loaders.who import weights
from loaders.who.candidates import connect, numbers_of_keys
from loaders.who.comparisons import frequencies
from loaders.who.identities import lay_out, observed
from loaders.who.weights import Chances

# A file of another shape, or one made by other rules of what is derived, is made anew; so is one of another DuckDB,
# whose hash of a key may be another number.
SCHEMA = f"3, DuckDB {duckdb.__version__}"
IDENTITY, KEYED, PERSONS, NAMES = "known.identity", "known.keyed", "index_persons", "known.name"
# What a frame has beside `identities.COLUMNS`: who says it, and under which number of theirs.
RECORD = (
    "person_id", "person", "record", "source", "supplier", "local_id", "nhs_number", "upn", "date_of_birth", "forename",
)  # fmt: skip
# As many persons stand for all where pairs are drawn, and so many pairs: an index of 20,000 is seen whole.
_DRAWN_AMONG, _DRAWN = 100_000, 50_000
_FILLED = " + ".join(
    f"({column} IS NOT NULL)::INT" for column in ("given", "family", "middle", "born", "sex", "address")
)
_ABOUT, _CHANCES = "known.about", "chances"


class Index:
    """Who is known, by the names of their first records: random ids order nothing."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Of a connection to which `known` is attached."""
        self.con = con
        con.execute(f"CREATE OR REPLACE TEMP VIEW {PERSONS} AS SELECT * EXCLUDE first FROM {IDENTITY} WHERE first")

    @classmethod
    def made(cls, con: duckdb.DuckDBPyConnection) -> "Index":
        """An empty index in the database attached as `known`."""
        columns = ", ".join(f"{name} VARCHAR" for name in RECORD)
        con.execute(f"CREATE TABLE known.record ({columns}, multiple_birth BOOLEAN)")
        con.execute(f"CREATE TABLE {_ABOUT} (name VARCHAR, value VARCHAR)")
        _lay_out(con, pd.DataFrame(columns=[*RECORD, *_OBSERVED], dtype=object))
        con.execute(f"CREATE TABLE {IDENTITY} AS SELECT *, FALSE AS first FROM fresh")
        con.execute(f"CREATE TABLE {KEYED} AS {numbers_of_keys('fresh')}")
        con.execute(f"CREATE TABLE {NAMES} (part VARCHAR, name VARCHAR, persons BIGINT)")
        index = cls(con)
        index.tell("schema", SCHEMA)
        return index

    def put(self, frame: pd.DataFrame, *, gone: Iterable[str] = ()) -> None:
        """Puts in all records of some persons, whose ids are in `person`; what is said of those `gone` goes first."""
        self._drop(gone)
        if frame.empty:
            return
        ids = values(frame["person"])
        first: dict[str, str] = {}
        for person, record in zip(ids, values(frame["record"]), strict=True):
            first[person] = min(record, first.get(person, record))
        said = frame.assign(person_id=ids, person=[first[person] for person in ids])
        self.con.register("incoming", _records(said))
        self.con.execute("INSERT INTO known.record BY NAME FROM incoming")
        self.con.unregister("incoming")
        _lay_out(self.con, said)
        self.con.execute(f"UPDATE fresh SET n = n + (SELECT coalesce(max(n), -1) + 1 FROM {IDENTITY})")
        self.con.execute(
            f"INSERT INTO {IDENTITY} BY NAME"
            f" SELECT *, row_number() OVER (PARTITION BY person ORDER BY {_FILLED} DESC, n) = 1 AS first FROM fresh"
        )
        self.con.execute(f"INSERT INTO {KEYED} BY NAME {numbers_of_keys('fresh')}")
        self.con.execute("DROP TABLE fresh")

    def recount(self) -> None:
        """Counts anew what agrees by chance: one row a person of the whole index, the one that says most.

        How many persons have each name is kept as well, for whoever compares a few without the rest.
        """
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE drawn AS"
            " SELECT row_number() OVER (ORDER BY split_part(key, '/', 1)) - 1 AS n, * EXCLUDE n"
            f" FROM {PERSONS} SEMI JOIN"
            f" (SELECT n FROM {PERSONS} ORDER BY hash(key), key LIMIT {_DRAWN_AMONG}) USING (n)"
        )
        counted = weights.count(self.con, table=PERSONS, sample="drawn", drawn=_DRAWN)
        self.con.execute("DROP TABLE drawn")
        self.con.execute(f"DELETE FROM {NAMES}")
        for column in sorted(frequencies()):
            self.con.execute(
                f"INSERT INTO {NAMES} SELECT '{column}', {column}, count(*) FROM {PERSONS}"
                f" WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY {column}"
            )
        self.tell(_CHANCES, json.dumps(asdict(counted)))
        self.__dict__.pop("chances", None)

    @cached_property
    def chances(self) -> Chances:
        """What was counted last."""
        return chances_of(self.told())

    @property
    def size(self) -> int:
        """How many persons are known."""
        return self.chances.size

    def told(self) -> Mapping[str, str]:
        """What is kept about the index itself."""
        return dict(self.con.execute(f"SELECT name, value FROM {_ABOUT}").fetchall())

    def tell(self, name: str, value: str) -> None:
        """Keeps something about the index itself."""
        self.con.execute(f"DELETE FROM {_ABOUT} WHERE name = $name", {"name": name})
        self.con.execute(f"INSERT INTO {_ABOUT} VALUES ($name, $value)", {"name": name, "value": value})

    def counts(self) -> Mapping[str, int]:
        """How many persons, records and identities there are."""
        ((persons, records),) = self.con.execute("SELECT count(DISTINCT person), count(*) FROM known.record").fetchall()
        ((rows,),) = self.con.execute(f"SELECT count(*) FROM {IDENTITY}").fetchall()
        return {"persons": persons, "records": records, "identities": rows}

    def ids(self) -> set[str]:
        """The ids of all persons."""
        return {row[0] for row in self.con.execute("SELECT DISTINCT person_id FROM known.record").fetchall()}

    def names_of(self, persons: Iterable[str]) -> dict[str, str]:
        """The name of each of these persons, by their ids, who is known."""
        wanted = _wanted(self.con, "person_id", persons)
        return dict(
            self.con.execute(
                f"SELECT DISTINCT person_id, person FROM known.record SEMI JOIN {wanted} USING (person_id)"
            ).fetchall()
        )

    def records_of(self, names: Iterable[str]) -> pd.DataFrame:
        """Every record of the persons of these names: who says it, and what of it a person has once."""
        wanted = _wanted(self.con, "person", names)
        columns = [*RECORD, "multiple_birth"]
        rows = self.con.execute(
            f"SELECT {', '.join(columns)} FROM known.record SEMI JOIN {wanted} USING (person) ORDER BY record"
        ).fetchall()
        return pd.DataFrame(rows, columns=columns, dtype=object)

    def _drop(self, persons: Iterable[str]) -> None:
        ids = sorted(set(persons))
        if not ids:
            return  # the tables would be read for nothing, for each part of a whole index
        gone = _wanted(self.con, "person_id", ids)
        names = f"SELECT person FROM known.record SEMI JOIN {gone} USING (person_id)"
        self.con.execute(f"DELETE FROM {KEYED} WHERE n IN (SELECT n FROM {IDENTITY} WHERE person IN ({names}))")
        self.con.execute(f"DELETE FROM {IDENTITY} WHERE person IN ({names})")
        self.con.execute(f"DELETE FROM known.record WHERE person_id IN (SELECT person_id FROM {gone})")


def chances_of(told: Mapping[str, str]) -> Chances:
    """What was counted last, as an index tells it of itself."""
    held = json.loads(told[_CHANCES])
    shares = {
        part: {level: (pair[0], pair[1]) for level, pair in each.items()} for part, each in held["shares"].items()
    }
    return Chances(held["size"], shares)


_OBSERVED = (
    "middle_names", "family_name", "preferred_forename", "preferred_family_name", "former_family_name", "other_names",
    "sex", "postcode", "former_postcodes", "multiple_birth", "address",
)  # fmt: skip


@contextmanager
def in_memory(frame: pd.DataFrame) -> Iterator[Index]:
    """The index of these records, which goes away with the block."""
    with connect() as con:
        con.execute("ATTACH ':memory:' AS known")
        index = Index.made(con)
        index.put(frame)
        index.recount()
        yield index


def _lay_out(con: duckdb.DuckDBPyConnection, said: pd.DataFrame) -> None:
    lay_out(con, observed(said), "fresh")


def _records(said: pd.DataFrame) -> pa.Table:
    text = {name: [None if cell is None else str(cell) for cell in values(said[name])] for name in RECORD}
    columns = {name: pa.array(cells, pa.string()) for name, cells in text.items()}
    flags = [None if flag is None else bool(flag) for flag in values(said["multiple_birth"])]
    return pa.table({**columns, "multiple_birth": pa.array(flags, pa.bool_())})


def _wanted(con: duckdb.DuckDBPyConnection, column: str, names: Iterable[str]) -> str:
    """The table of these names; it stays until the next is asked for."""
    table = pa.table({column: sorted(set(names))}, schema=pa.schema([(column, pa.string())]))
    con.register("wanted", table)
    return "wanted"
