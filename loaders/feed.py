"""The vocabulary in which a feed is declared: one file a feed, and that file is data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from loaders.tables import Tidy

Cleaner = Callable[["pd.Series[str]"], "Cleaned"]


@dataclass(frozen=True)
class Cleaned:
    """A cleaned column, and for each refused cell its reason code (null where the cell is good)."""

    values: "pd.Series"
    reasons: "pd.Series"
    notes: "pd.Series | None" = None  # sentences about cells that are kept all the same


class Absent(StrEnum):
    """What it means that a full file no longer says something."""

    NOTHING = "nothing"
    END = "end"


@dataclass(frozen=True)
class Column:
    """One source column that is kept: our name for it, what cleans it, and what may do without it."""

    name: str
    clean: Cleaner
    required: bool = False  # the file must have the column
    filled: bool = False  # each row must have a value
    strict: bool = False  # a bad value refuses the row; else it is left out, counted and reported
    past: bool = False  # a date that cannot lie after the file's own
    also: tuple[str, ...] = ()  # what other years called the column

    @property
    def refuses(self) -> bool:
        """Whether a bad value refuses its row."""
        return self.strict or self.filled


@dataclass(frozen=True)
class Expect:
    """What a healthy file looks like; a file that does not stops before the first write."""

    rows: tuple[int, int] = (1, 20_000_000)
    refused: float = 0.05  # the share of rows that may be refused
    filled: Mapping[str, float] = field(default_factory=dict)  # our column → least share that is filled
    shrink: float = 0.2  # a full file may be this much smaller than the last of its scope


@dataclass(frozen=True)
class Source:
    """How the file is to be read."""

    format: str = "csv"  # csv, csv_positions, xml, fhir
    encoding: str = "utf-8"
    delimiter: str = ","
    archives: tuple[str, ...] = ()  # "zip" where the publisher's own file is one
    members: str = ""  # which members of the archive are read; the others are documents
    width: int = 0  # csv_positions: how many cells a row has, named "1", "2" …
    row: tuple[str, ...] = ()  # xml: the element that is a row; fhir: the resources that are
    header: str = ""  # xml: the element of the file whose values go with every row
    groups: frozenset[str] = frozenset()  # xml, fhir: what repeats in a row, and becomes rows of the frame below it
    lists: Mapping[str, int] = field(default_factory=dict)  # lists of texts → cells they fill, the last takes the rest


@dataclass(frozen=True)
class Feed:
    """One feed: where it comes from, what is kept of it, what is dropped on purpose, and what it should look like."""

    name: str
    title: str
    publisher: str
    supplier: str  # who sends it when the file's name does not say
    licence: str
    every_days: int  # the interval at which it is expected
    source: Source
    columns: Mapping[str, Column]
    dropped: frozenset[str]  # known, and not permitted or not needed here
    tidy: Callable[[pd.DataFrame, "Context"], Tidy]
    absent: Absent = Absent.NOTHING
    scope: str | None = None  # a tidy record column that narrows what a full file may end (school_census: the school)
    national: bool = True  # from a national register, as ordinary users are told
    people: bool = False  # its rows hold people, so its reject files are for data managers
    expect: Expect = Expect()
    skip: "Judge | None" = None  # rows rightly in the file and not for us → skip code
    refuse: "Judge | None" = None  # what only a whole row shows to be wrong → reason code
    key: "Callable[[pd.DataFrame], pd.Series] | None" = None  # the record key of each row, null where it has none
    withdrawn: "Callable[[pd.DataFrame], set[str]] | None" = (
        None  # the NHS numbers that its rows say are not to be used
    )
    register: bool = False  # it names each child once: two of its rows are two children, unless a number joins them
    lookup: bool = False  # its rows feed a derived look-up: the cleaned rows are handed on beside empty tidy tables


@dataclass(frozen=True)
class Context:
    """What tidying may know beside the file: who sent it, its date, and the look-ups derived from other feeds."""

    supplier: str
    as_at: "pd.Timestamp"
    areas: Callable[["pd.Series[str]"], "pd.Series[str]"] | None  # postcodes → GSS codes of children's authorities
    secret: bytes = field(repr=False)  # the key under which national insurance numbers are hashed
    warn: Callable[[str], None] = lambda _: None  # hears what a person should know about the file


Judge = Callable[[pd.DataFrame, Context], "pd.Series"]
