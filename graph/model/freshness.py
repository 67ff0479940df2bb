"""How fresh each feed is: what was received last, what is expected next, and whether it is late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from graph.model.feeds import FEEDS, KnownFeed, expected_next
from graph.model.received import ReceivedRun, is_late


class Standing(StrEnum):
    """How a feed and supplier stands today."""

    FRESH = "fresh"
    DUE = "due"  # the day of the next file has passed, and pages do not say so yet
    LATE = "late"  # so late that the lines that rest on it are drawn dashed
    NEVER = "never"


@dataclass(frozen=True)
class TrendRun:
    """One published run of a scope, as far as its trend needs it."""

    run: int
    title: str | None
    every_days: int | None
    as_at: date | None
    kind: str | None
    rows: int | None
    kept: int | None
    refused: int | None
    published_at: datetime | None

    @property
    def refused_share(self) -> float:
        """The share of its rows that were refused."""
        return (self.refused or 0) / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class ScopeRow:
    """A feed and supplier with its newest published runs, newest first."""

    feed: str
    supplier: str
    runs: tuple[TrendRun, ...]


@dataclass(frozen=True)
class Stopped:
    """Who stopped a feed, and when."""

    feed: str
    by: str
    at: datetime | None


@dataclass(frozen=True)
class Scope:
    """One supplier of a feed as it stands today."""

    supplier: str
    standing: Standing
    expected: date | None
    runs: tuple[TrendRun, ...]

    @property
    def last(self) -> TrendRun | None:
        """The newest published run; None if nothing was ever received."""
        return self.runs[0] if self.runs else None


@dataclass(frozen=True)
class FeedState:
    """One feed with its suppliers, and who has stopped it."""

    feed: KnownFeed
    scopes: tuple[Scope, ...]
    stopped: Stopped | None


def states_of(scopes: Iterable[ScopeRow], stopped: Iterable[Stopped], on: date) -> tuple[FeedState, ...]:
    """Every known feed in the order of loading, with those who sent it."""
    by_feed: dict[str, list[Scope]] = {}
    for row in scopes:
        by_feed.setdefault(row.feed, []).append(_scope(row, on))
    switched: Mapping[str, Stopped] = {one.feed: one for one in stopped}
    return tuple(FeedState(feed, tuple(by_feed.get(feed.name, ())), switched.get(feed.name)) for feed in FEEDS.values())


def _scope(row: ScopeRow, on: date) -> Scope:
    # The file that speaks of the newest day counts: an older one may have been loaded after it on purpose.
    newest = max(row.runs, key=lambda run: (run.as_at or date.min, run.run), default=None)
    if newest is None:
        return Scope(row.supplier, Standing.NEVER, None, row.runs)
    expected = expected_next(newest.as_at, newest.every_days)
    return Scope(row.supplier, _standing(row, newest, expected, on), expected, row.runs)


def _standing(row: ScopeRow, newest: TrendRun, expected: date | None, on: date) -> Standing:
    received = ReceivedRun(
        newest.run, row.feed, row.supplier, newest.as_at, newest.kind or "", newest.every_days, newest.title, None
    )
    if is_late(received, on):
        return Standing.LATE
    return Standing.DUE if expected is not None and on > expected else Standing.FRESH
