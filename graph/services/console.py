"""What an operator sees and does: feeds, runs, the stop switch. Figures and files, never a person."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from graph.model import clock
from graph.model.errors import NotFound
from graph.model.feeds import FEEDS
from graph.model.freshness import FeedState, ScopeRow, Stopped, TrendRun, states_of
from graph.model.refusals import SENTENCES
from graph.model.roles import Role
from graph.services.disclosure import Opened, Told, disclose
from graph.services.load_queries import START_FEED, STOP_FEED, Publication
from graph.services.loads import show_publication
from graph.store import Database, Query, Transaction

TREND = 8  # runs of one feed and supplier that are compared
PAGE = 50
OPERATORS = frozenset({Role.OPERATOR})
READERS = frozenset({Role.OPERATOR, Role.AUDITOR})
_NEWEST = 2**62


@dataclass(frozen=True)
class RunLine:
    """One run in a list."""

    run: int
    feed: str | None
    supplier: str | None
    kind: str | None
    as_at: date | None
    outcome: str | None
    rows: int | None
    kept: int | None
    refused: int | None
    started_at: datetime | None


@dataclass(frozen=True)
class FoundRun:
    """All that is known of one run, and the latest published run of its feed and supplier."""

    properties: dict[str, Any]
    latest: int | None


@dataclass(frozen=True)
class Counted:
    """A code of the closed list, its sentence, and how many rows."""

    code: str
    sentence: str
    rows: int


@dataclass(frozen=True)
class RunPage:
    """One run as its page shows it."""

    run: int
    feed: str
    title: str
    supplier: str
    kind: str
    outcome: str
    as_at: date | None = None
    file: str | None = None
    sha256: str | None = None
    started_at: datetime | None = None
    published_at: datetime | None = None
    undone_at: datetime | None = None
    undoes: int | None = None
    rows: int | None = None
    kept: int | None = None
    refused: int | None = None
    skipped: int | None = None
    refused_by: tuple[Counted, ...] = ()
    skipped_by: tuple[Counted, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    latest: int | None = None

    @property
    def may_be_undone(self) -> bool:
        """Whether an undo would begin: it is published, and the latest of its feed and supplier."""
        return self.outcome == "published" and self.run == self.latest


@dataclass(frozen=True)
class Board:
    """Every feed as it stands today, and the load that holds the graph."""

    feeds: tuple[FeedState, ...]
    publication: Publication


LIST_SCOPES = Query("console/list_scopes", ScopeRow)
LIST_STOPPED = Query("console/list_stopped", Stopped)
LIST_PAGE_OF_RUNS = Query("console/list_page_of_runs", RunLine)
SHOW_RUN_AND_LATEST = Query("console/show_run_and_latest", FoundRun)


def show_board(db: Database) -> Board:
    """Every feed in the order of loading, with its suppliers and their newest runs."""
    scopes = db.read(LIST_SCOPES, trend=TREND)
    today = clock.day_in_england(clock.now())
    return Board(states_of(scopes, db.read(LIST_STOPPED), today), show_publication(db))


def show_feed(db: Database, feed: str) -> FeedState:
    """One feed as it stands today. Raises NotFound."""
    found = next((state for state in show_board(db).feeds if state.feed.name == feed), None)
    if found is None:
        raise NotFound("There is no such feed. Choose one from the console.")
    return found


def list_runs(
    db: Database, *, before: int | None = None, feed: str | None = None, supplier: str | None = None
) -> list[RunLine]:
    """A page of runs, newest first; one more than a page if there are more."""
    return db.read(LIST_PAGE_OF_RUNS, before=before or _NEWEST, feed=feed, supplier=supplier, limit=PAGE + 1)


def show_run(db: Database, run: int) -> RunPage:
    """One run with its figures. Raises NotFound."""
    found = db.read_one(SHOW_RUN_AND_LATEST, run=run)
    if found is None:
        raise NotFound(f"There is no run {run}. Choose one from the list of runs.")
    about = found.properties
    feed = str(about.get("feed", ""))
    return RunPage(
        run=run,
        feed=feed,
        title=about.get("title") or (FEEDS[feed].title if feed in FEEDS else feed),
        supplier=about.get("supplier", ""),
        kind=about.get("kind", ""),
        outcome=about.get("outcome", ""),
        refused_by=counted(_parsed(about, "refused_by")),
        skipped_by=counted(_parsed(about, "skipped_by")),
        counts=_parsed(about, "counts"),
        warnings=tuple(about.get("warnings", ())),
        seconds=_parsed(about, "seconds"),
        latest=found.latest,
        **{name: about.get(name) for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE = (
    *("as_at", "file", "sha256", "started_at", "published_at", "undone_at", "undoes"),
    *("rows", "kept", "refused", "skipped"),
)


def counted(by_code: dict[str, int]) -> tuple[Counted, ...]:
    """The counts with the sentence of each code, the most frequent first."""
    ordered = sorted(by_code.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Counted(code, SENTENCES.get(code, "This code is of another version."), rows) for code, rows in ordered)


def switch_feed(db: Database, token: str, feed: str, *, stopped: bool) -> None:
    """Nothing: no file of the feed is loaded from now on, or files are loaded again. Raises NotFound or Refused."""
    if feed not in FEEDS:
        raise NotFound("There is no such feed. Choose one from the console.")

    def work(tx: Transaction, opened: Opened) -> Told[None]:
        tx.write(STOP_FEED if stopped else START_FEED, feed=feed, by=opened.user.name)
        return Told(None, "own act", fields=(feed,))

    disclose(db, token, "stop feed" if stopped else "start feed", work, roles=OPERATORS)


def order(db: Database, token: str, action: str, *about: str) -> str:
    """The name of the operator who orders this, once the order is in the audit: it may then be carried out."""
    return disclose(
        db, token, action, lambda _tx, opened: Told(opened.user.name, "own act", fields=about), roles=OPERATORS
    )


def refuse(db: Database, token: str, asked: str, roles: frozenset[Role]) -> None:
    """Raises Refused, once it is in the audit that a user of another role asked for this."""
    disclose(db, token, asked, lambda _tx, _opened: Told(None, "own act"), roles=roles)


def trend_of(runs: tuple[TrendRun, ...]) -> tuple[int, ...]:
    """The rows of the runs, oldest first."""
    return tuple(run.rows or 0 for run in reversed(runs))


def _parsed(about: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(about.get(name) or "{}")
    return found
