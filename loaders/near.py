"""Who is known of those near a few new children, by the graph's own indexes: the short way beside the kept index.

It brings everybody who shares a key of `who.candidates` with a new one, whole, and whoever may be of one birth with
those that fit. What is counted over all children (chance agreement, how common a name is) comes from the kept index as
it was counted last (decision 22).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from graph.services import load_queries, near_query
from graph.services.near_query import Sketch
from graph.store import Database
from loaders.kept import Counted, said_of
from loaders.tables import values
from loaders.who.few import FewFitting, Rows, laid_out
from loaders.who.identities import observed
from loaders.who.index import RECORD
from loaders.who.spoken import Row

# Beyond so many newcomers a file is compared with the whole index at once, which costs about the same for any number.
FEW = 20
_SECONDS = 60.0  # what takes longer has met a name or a line that half the country shares
_SKETCHED = tuple(Sketch.__dataclass_fields__)


class Near:
    """Those who share a key with any of a few new children; for the rest what `who.index.Index` is."""

    def __init__(self, db: Database, counted: Counted, new: pa.Table) -> None:
        """Asks the graph at once. The new ones are `who.identities.observed`."""
        self._db, self._counted = db, counted
        self._records = _Records()
        self._rows = self._brought(near_query.near(_sketches(laid_out(new))))

    @property
    def size(self) -> int:
        """How many persons were known when they were counted last."""
        return self._counted.chances.size

    def fitting(self, new: pa.Table, *, barred: Iterable[str] = ()) -> FewFitting:
        """The new persons beside those near them, of whom some are barred."""
        counted = (self._counted.chances, self._counted.persons_named)
        return FewFitting(new, self._rows, self._around, counted, barred=barred)

    def names_of(self, persons: Iterable[str]) -> dict[str, str]:
        """The name of each of these persons, by their ids, who is near."""
        wanted = set(persons)
        return {person: name for person, name in self._records.name_of.items() if person in wanted}

    def records_of(self, names: Iterable[str]) -> pd.DataFrame:
        """Every record of the persons of these names who are near, as `who.index.Index.records_of` gives them."""
        return self._records.of(set(names))

    def apart(self) -> list[tuple[str, str]]:
        """Two persons each whom people have decided to be different, of whom the one is near."""
        return [(row[0], row[1]) for row in self._db.stream(load_queries.LIST_APART_OF, persons=sorted(self.ids()))]

    def asked(self) -> list[tuple[str, str]]:
        """Two persons each of whom people are asked whether they are one, of whom the one is near."""
        return [(row[0], row[1]) for row in self._db.stream(load_queries.LIST_QUESTIONS_OF, persons=sorted(self.ids()))]

    def ids(self) -> set[str]:
        """The ids of all who are near."""
        return set(self._records.name_of)

    def _around(self, rows: Iterable[Row]) -> Rows:
        """Whoever may be of one birth with any of these rows and has not been brought yet."""
        return self._brought(near_query.around(_sketches(rows)))

    def _brought(self, asked: near_query.Near) -> Rows:
        found = self._db.stream(load_queries.FIND_NEAR, timeout=_SECONDS, **asked.parameters)
        persons = sorted({row[0] for row in found} - self._records.name_of.keys())
        return self._records.take(said_of(self._db, persons)) if persons else []


class _Records:
    """What the records of the persons brought so far say."""

    def __init__(self) -> None:
        self.name_of: dict[str, str] = {}
        self._said: dict[str, list[Sequence[Any]]] = {}

    def take(self, frame: pd.DataFrame) -> Rows:
        """The identities of these persons, all of whose records are in the frame."""
        ids = values(frame["person"])
        first: dict[str, str] = {}
        for person, record in zip(ids, values(frame["record"]), strict=True):
            first[person] = min(record, first.get(person, record))
        self.name_of |= first
        names = [first[person] for person in ids]
        said = frame.assign(person_id=ids, person=names)
        for cells in zip(*(values(said[name]) for name in (*RECORD, "multiple_birth")), strict=True):
            self._said.setdefault(cells[1], []).append(cells)
        return laid_out(observed(said))

    def of(self, names: set[str]) -> pd.DataFrame:
        """The records of these names, in their order."""
        at = RECORD.index("record")
        rows = sorted((row for name in names for row in self._said.get(name, ())), key=lambda row: str(row[at]))
        return pd.DataFrame(rows, columns=[*RECORD, "multiple_birth"], dtype=object)


def _sketches(rows: Iterable[Mapping[str, Any]]) -> list[Sketch]:
    return [Sketch(**{name: row[name] for name in _SKETCHED}) for row in rows]
