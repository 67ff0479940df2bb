"""Counts the graph: what is in it, how far it is filled, and what does not fit. Figures only, kept to be compared."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from types import NoneType
from typing import Any

from graph.model import clock
from graph.model.errors import Conflict, ProgrammeError
from graph.model.quality import Facts, Figures, Oddity, Snapshot, figures_from, filled_of
from graph.services.loads import show_publication
from graph.store import Database, Query

KEPT = 400  # snapshots; a year of daily ones
_BATCH = 2_000  # children a transaction
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Things:
    """How many things of each kind there are."""

    children: int
    carers: int
    services: int
    schools: int
    practices: int
    practitioners: int
    addresses: int
    authorities: int
    shields: int


@dataclass(frozen=True)
class FilledRow:
    """How many records of a source and subject have a property."""

    source: str
    subject: str
    property: str
    records: int


@dataclass(frozen=True)
class FactRow:
    """How many facts of a type and source there are."""

    type: str
    source: str
    facts: int
    begun: int
    ended: int


@dataclass(frozen=True)
class SourceRecords:
    """How many records of a source."""

    source: str
    records: int


@dataclass(frozen=True)
class SourceRows:
    """How many rows of a source."""

    source: str
    rows: int


@dataclass(frozen=True)
class LostFacts:
    """How many facts."""

    facts: int


@dataclass(frozen=True)
class ChildrenCounted:
    """How many children of a batch, up to which, and of how many something does not fit."""

    children: int
    last: str | None
    without_record: int
    without_fact: int
    without_authority: int
    several_authorities: int
    facts_without_record: int
    without_home: int
    several_homes: int
    several_schools: int
    several_practices: int
    several_births: int
    shared_nhs_number: int
    shared_upn: int


@dataclass(frozen=True)
class SnapshotRow:
    """A snapshot as the graph holds it."""

    at: datetime
    run: int
    figures: str


COUNT_THINGS = Query("quality/count_things", Things)
LIST_FILLED = Query("quality/list_filled", FilledRow)
LIST_FACT_COUNTS = Query("quality/list_fact_counts", FactRow)
LIST_LOST_RECORDS = Query("quality/list_lost_records", SourceRecords)
COUNT_LOST_FACTS = Query("quality/count_lost_facts", LostFacts)
LIST_WAITING_COUNTS = Query("quality/list_waiting_counts", SourceRows)
COUNT_CHILDREN = Query("quality/count_children", ChildrenCounted)
SAVE_SNAPSHOT = Query("quality/save_snapshot", NoneType)
LIST_SNAPSHOTS = Query("quality/list_snapshots", SnapshotRow)

_OF_CHILDREN = {
    "without_record": Oddity.CHILD_WITHOUT_RECORD,
    "without_fact": Oddity.CHILD_WITHOUT_FACT,
    "without_home": Oddity.CHILD_WITHOUT_HOME,
    "without_authority": Oddity.CHILD_WITHOUT_AUTHORITY,
    "facts_without_record": Oddity.FACT_WITHOUT_RECORD,
    "several_authorities": Oddity.SEVERAL_AUTHORITIES,
    "several_homes": Oddity.SEVERAL_HOMES,
    "several_schools": Oddity.SEVERAL_SCHOOLS,
    "several_practices": Oddity.SEVERAL_PRACTICES,
    "several_births": Oddity.SEVERAL_BIRTHS,
    "shared_nhs_number": Oddity.SHARED_NHS_NUMBER,
    "shared_upn": Oddity.SHARED_UPN,
}


def take_snapshot(db: Database, progress: Progress = lambda stage, done, total: None) -> Snapshot:
    """The figures of the graph as it is published now, kept beside the older ones.

    Reads at most a few thousand children at a time, and whole kinds of records and facts as a stream of sums. Raises
    Conflict if a run was taken back meanwhile: some figures would be of before and some of after.
    """
    begun = show_publication(db)
    seen: dict[str, Any] = {"published": begun.published, "withdrawn": list(begun.withdrawn)}
    seconds: dict[str, float] = {}
    with _timed("things", seconds):
        things = db.read_one(COUNT_THINGS)
        waiting = {row.source: row.rows for row in db.read(LIST_WAITING_COUNTS, **seen)}
    if things is None:
        raise ProgrammeError("The counts of things came back empty.")
    progress("records", 0, 0)
    with _timed("records", seconds):
        filled = filled_of(db.stream(LIST_FILLED, **seen))
    progress("facts", 0, 0)
    with _timed("facts", seconds):
        facts = _facts(db, seen)
    with _timed("children", seconds):
        oddities = _children(db, seen, progress, of=things.children)
    progress("orphans", 0, 0)
    with _timed("orphans", seconds):
        oddities[Oddity.RECORD_OF_NOBODY] = sum(row[1] for row in db.stream(LIST_LOST_RECORDS, **seen))
        oddities[Oddity.FACT_WITHOUT_RECORD] += sum(row[0] for row in db.stream(COUNT_LOST_FACTS, **seen))
    ended = show_publication(db)
    if begun.withdrawn != ended.withdrawn or ended.published < begun.published:
        raise Conflict("A run was taken back while the graph was counted, so nothing was kept. Count it again.")
    figures = Figures(asdict(things), filled, facts, oddities, waiting, seconds)
    return _save(db, Snapshot(clock.now(), begun.published, figures))


def list_snapshots(db: Database, limit: int = 8) -> list[Snapshot]:
    """The newest figures, newest first."""
    return [
        Snapshot(row.at, row.run, figures_from(json.loads(row.figures))) for row in db.read(LIST_SNAPSHOTS, limit=limit)
    ]


def _facts(db: Database, seen: dict[str, Any]) -> dict[str, dict[str, Facts]]:
    made: dict[str, dict[str, Facts]] = {}
    for kind, source, number, begun, ended in sorted(db.stream(LIST_FACT_COUNTS, **seen)):
        made.setdefault(kind, {})[source] = Facts(number, begun, ended)
    return made


def _children(db: Database, seen: dict[str, Any], progress: Progress, *, of: int) -> dict[Oddity, int]:
    today: date = clock.day_in_england(clock.now())
    found = dict.fromkeys(Oddity, 0)
    after, done = "", 0
    while True:
        row = db.read_one(COUNT_CHILDREN, after=after, limit=_BATCH, today=today, **seen)
        if row is None or row.last is None:
            return found
        for column, oddity in _OF_CHILDREN.items():
            found[oddity] += getattr(row, column)
        after, done = row.last, done + row.children
        progress("children", done, of)


def _save(db: Database, snapshot: Snapshot) -> Snapshot:
    figures = json.dumps(asdict(snapshot.figures), sort_keys=True, separators=(",", ":"))
    db.write(SAVE_SNAPSHOT, at=snapshot.at, run=snapshot.run, figures=figures, kept=KEPT)
    return snapshot


@contextmanager
def _timed(stage: str, seconds: dict[str, float]) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds[stage] = round(time.monotonic() - began, 2)
