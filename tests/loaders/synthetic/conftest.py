"""One synthesis that all tests of this folder read."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from loaders.synthetic import Report, synthesise

AS_AT = date(2026, 11, 21)
CHILDREN = 20_000


@dataclass(frozen=True)
class Day:
    """The files of one day, and how to read them."""

    folder: Path
    report: Report

    def path(self, feed: str, supplier: str = "*") -> Path:
        """The one file of that feed and supplier."""
        (found,) = self.folder.glob(f"{feed}.{supplier}.*")
        return found

    def table(self, feed: str, supplier: str = "*") -> pd.DataFrame:
        """The rows of a file as text."""
        return read(self.path(feed, supplier))

    def lines(self, feed: str) -> list[str]:
        """The lines of a file that is not a table."""
        return lines(self.path(feed))

    def truth(self, name: str) -> pd.DataFrame:
        """The rows of a file of the truth."""
        return read(self.folder / "truth" / f"{name}.csv")

    def person_of(self, feed: str, supplier: str = "") -> "pd.Series[str]":
        """The true person of each record key."""
        records = self.truth("records")
        mine = records[(records["feed"] == feed) & records["supplier"].str.startswith(supplier)]
        return mine.set_index("key")["person"]


@cache
def read(path: Path) -> pd.DataFrame:
    """A CSV file as text, with nothing taken for empty that is not."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@cache
def lines(path: Path) -> list[str]:
    """The lines of a file."""
    return path.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Twenty thousand children on the day of the demonstration."""
    folder = tmp_path_factory.mktemp("synthesis")
    return Day(folder, synthesise(folder, children=CHILDREN, as_at=AS_AT, seed=1))
