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


class Absent(StrEnum):
    """What it means that a full file no longer says something."""

    NOTHING = "nothing"
    END = "end"


@dataclass(frozen=True)
class Column:
    """One source column that is kept: our name for it, what cleans it, and whether the file or the row may do without."""

    name: str
    clean: Cleaner
    required: bool = False  # the file must have the column
    filled: bool = False  # each row must have a value


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

    format: str = "csv"  # csv, csv_positions, xml, jsonl, zip_csv
    encoding: str = "utf-8"
    delimiter: str = ","
    archives: tuple[str, ...] = ()  # "zip" where the publisher's own file is one


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
    people: bool = False  # its rows hold people, so its reject files are for data managers
    expect: Expect = Expect()
    skip: Callable[[pd.DataFrame], "pd.Series"] | None = None  # rows rightly in the file and not for us → reason code


@dataclass(frozen=True)
class Context:
    """What tidying a file may know beside the file: who sent it, its date, and the look-ups derived from other feeds."""

    supplier: str
    as_at: "pd.Timestamp"
    areas: Callable[["pd.Series[str]"], "pd.Series[str]"]  # postcodes → GSS codes of children's authorities
    secret: bytes  # the key under which national insurance numbers are hashed
