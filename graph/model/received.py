"""What has been received from whom and when: how fresh a line is, and why a sector is empty."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from graph.model.circle import Provenance
from graph.model.intervals import in_words
from graph.model.kinds import Domain

# Which feeds fill a sector. The reference feeds (schools, practices) fill none: they say nothing of a child.
_FILLED_BY: dict[Domain, tuple[str, ...]] = {
    Domain.EDUCATION: ("school_census", "common_transfer_file"),
    Domain.HEALTH: ("pds", "involvements"),
    Domain.SOCIAL_CARE: ("involvements",),
    Domain.JUSTICE: ("involvements",),
    Domain.VOLUNTARY: ("involvements",),
}
# A line is confirmed for twice the interval at which its source is expected.
_GRACE = 2


@dataclass(frozen=True)
class ReceivedRun:
    """One published run."""

    run: int
    feed: str
    supplier: str
    as_at: date | None
    kind: str
    every_days: int | None
    title: str | None
    national: bool | None


class Received:
    """The published runs, arranged to be asked about."""

    def __init__(self, runs: Iterable[ReceivedRun]) -> None:
        """Takes every published run."""
        self._as_at: dict[int, date] = {}
        self._latest: dict[tuple[str, str], ReceivedRun] = {}
        self._full: dict[tuple[str, str], date] = {}
        for run in sorted(runs, key=lambda each: each.run):
            self._add(run)

    def _add(self, run: ReceivedRun) -> None:
        scope = (run.feed, run.supplier)
        self._latest[scope] = run
        if run.as_at is None:
            return
        self._as_at[run.run] = run.as_at
        if run.kind == "full":
            self._full[scope] = max(run.as_at, self._full.get(scope, run.as_at))

    def provenance(self, source: str, supplier: str, runs: Iterable[int]) -> Provenance:
        """Who says a line and when it was last confirmed: by these runs, or by the last full file of the scope."""
        scope = (source, supplier)
        dates = [self._as_at[run] for run in runs if run in self._as_at]
        dates += [self._full[scope]] if scope in self._full else []
        latest = self._latest.get(scope)
        return Provenance(
            title=(latest.title if latest else None) or source.replace("_", " "),
            supplier=supplier,
            confirmed_on=max(dates, default=None),
            every_days=(latest.every_days if latest else None) or 0,
            national=bool(latest and latest.national),
        )

    def why_empty(self, domain: Domain, on: date) -> str:
        """Why a sector is empty: none recorded, never loaded, or a source that is late. The same for every child."""
        runs = [run for run in self._latest.values() if run.feed in _FILLED_BY[domain]]
        if not runs:
            return "Not loaded: nothing has been received yet that would show here."
        late = sorted((run for run in runs if is_late(run, on)), key=lambda run: run.as_at or date.min)
        return " ".join(["None recorded.", *(_lateness(run) for run in late[:2])])


def is_confirmed(provenance: Provenance, on: date) -> bool:
    """Whether the source has confirmed the line within twice the interval at which it is expected."""
    if provenance.confirmed_on is None:
        return False
    return (on - provenance.confirmed_on).days <= _GRACE * provenance.every_days


def is_late(run: ReceivedRun, on: date) -> bool:
    """Whether the newest run of a scope is older than twice the interval at which it is expected."""
    return run.as_at is not None and (on - run.as_at).days > _GRACE * (run.every_days or 0)


def _lateness(run: ReceivedRun) -> str:
    title = run.title or run.feed.replace("_", " ").capitalize()
    # One title stands for many senders of this feed, so the sender tells them apart.
    sender = f" from {run.supplier}" if run.feed == "involvements" else ""
    return f"{title}{sender} was last received on {in_words(run.as_at)}." if run.as_at else ""
