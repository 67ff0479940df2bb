"""Known keys under which another child is told of now: such a key names another record from then on.

A sender counts its children anew, gives a leaver's key to a newcomer, or goes on sending an adopted child under the
key that it had before. A correction changes one thing of a child; where the number is another's, or the forename and
nothing speaks for its being the same child, or the forename stays and all else is another's, the row is looked at as
if its key had never been there (matching.md 5.1; decision 32).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import pandas as pd

from loaders.match import Index, Known
from loaders.tables import values
from loaders.who.comparisons import Comparison, comparisons
from loaders.who.few import laid_out
from loaders.who.identities import COLUMNS, observed
from loaders.who.spoken import Row, spoken

# What is known of each version of a record.
SAID = [name for name in (*COLUMNS, "nino_hash") if name not in ("person", "address")]
# Where all of these are as they were, there is nothing to ask; the home, which is last, is asked of the sealed.
_WHO = ("forename", "family_name", "date_of_birth", "nhs_number", "upn", "postcode")
_COMPARED = ("given", "family", "born", "upn")


def told_of_others(
    before: pd.DataFrame, now: pd.DataFrame, persons: Mapping[str, str], index: Index, sealed: Set[str]
) -> set[str]:
    """The records, known by their keys, under which another child or carer is told of now.

    `before` and `now` have one row a record, in the columns SAID; `persons` are those of the records to be looked at
    (`differing`). `sealed` are persons whose life is over by law: to them nothing is added under another name, or from
    another home.
    """
    # Of the others it does not matter where they live.
    named = differing(before, now, _WHO[:-1])
    persons = {record: person for record, person in persons.items() if record in named or person in sealed}
    if not persons:
        return set()
    known = index.known_of(sorted(set(persons.values())))
    was, said = (_told(frame[frame["record"].isin(persons.keys())]) for frame in (before, now))
    return {
        record
        for record, person in sorted(persons.items())
        if _is_another(was[record], said[record], known.get(person, Known()).nhs_numbers, sealed=person in sealed)
    }


def differing(before: pd.DataFrame, now: pd.DataFrame, columns: Sequence[str] = _WHO) -> set[str]:
    """The records that do not say in the very words of before who it is and where they live: no other is asked of."""
    was = dict(zip(values(before["record"]), _words(before, columns), strict=True))
    return {
        record
        for record, said in zip(values(now["record"]), _words(now, columns), strict=True)
        if record in was and said != was[record]
    }


def _words(frame: pd.DataFrame, columns: Sequence[str]) -> list[tuple[str, ...]]:
    return [
        tuple(str(cell or "") for cell in row) for row in zip(*(values(frame[name]) for name in columns), strict=True)
    ]


@dataclass(frozen=True)
class _Told:
    """What one version of a record says: every name of it as matching compares them, home and insurance number."""

    rows: Sequence[Row]
    home: str | None
    nino: str | None

    @property
    def nhs(self) -> set[str]:
        """Its NHS number, if it has a valid one."""
        return {row["nhs"] for row in self.rows if row["nhs"]}


def _told(frame: pd.DataFrame) -> dict[str, _Told]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in laid_out(observed(frame.assign(person=frame["record"], address=None))):
        rows[row["person"]].append(row)
    columns = (values(frame[name]) for name in ("record", "postcode", "nino_hash"))
    return {record: _Told(rows[record], home, nino) for record, home, nino in zip(*columns, strict=True)}


def _is_another(was: _Told, now: _Told, known: Set[str], *, sealed: bool) -> bool:
    """Whether another person is told of; `known` are the NHS numbers of the one before. Pure."""
    if now.nhs & was.nhs or (now.nino and now.nino == was.nino):
        return False
    held = was.nhs | known
    if now.nhs and held and not now.nhs & held:
        return True
    level = {part.name: _best(part, was.rows, now.rows) for part in comparisons() if part.name in _COMPARED}
    if sealed and (now.home != was.home or "else" in level.values()):
        return True
    if level["upn"] == "exact" and level["born"] != "else":
        return False
    return level["given"] == "else" or level["born"] == level["family"] == "else"


def _best(part: Comparison, was: Iterable[Row], now: Iterable[Row]) -> str:
    """The surest level of any two of these, as `comparisons` has it; `unknown` where no two know the part."""
    unknown = spoken(part.unknown)
    levels = [(level.name, spoken(level.sql)) for level in part.levels[:-1]]
    last = part.levels[-1].name
    found = {
        next((name for name, holds in levels if holds(one, other)), last)
        for one in was
        for other in now
        if not unknown(one, other)
    }
    return next((level.name for level in part.levels if level.name in found), "unknown")
