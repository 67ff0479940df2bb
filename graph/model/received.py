"""What has been received from whom and when: how fresh a line is, and why a sector is empty."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from graph.model.circle import Origin, Provenance
from graph.model.intervals import in_words
from graph.model.kinds import Domain, Visibility, kind_named

# Which feeds fill a sector. The reference feeds (schools, practices) fill none: they say nothing of a child.
_FILLED_BY: dict[Domain, tuple[str, ...]] = {
    Domain.EDUCATION: ("school_census", "common_transfer_file"),
    Domain.HEALTH: ("pds", "involvements"),
    Domain.SOCIAL_CARE: ("involvements",),
    Domain.JUSTICE: ("involvements",),
    Domain.VOLUNTARY: ("involvements",),
}
# A line is confirmed for twice the interval at which its source is expected, and over a week of bank holidays.
_GRACE, _AT_LEAST = 2, 7


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
    file: str | None = None


@dataclass(frozen=True)
class Sent:
    """One kind of service of one organisation that a sender of involvements has named."""

    supplier: str
    organisation: str | None
    kind: str | None
    number: int


@dataclass(frozen=True)
class Sender:
    """Who sends one source's files, and when the last came."""

    feed: str
    title: str
    name: str | None  # None where the title says enough
    received_on: date | None
    every_days: int


@dataclass(frozen=True)
class _Sender:
    """A sender by the name that people know, and the sectors that its list fills openly."""

    name: str | None
    domains: frozenset[Domain]
    organisations: frozenset[str]


class Received:
    """The published runs, arranged to be asked about."""

    def __init__(self, runs: Iterable[ReceivedRun], sent: Iterable[Sent] = ()) -> None:
        """Takes every published run, and of what services the senders of involvements have spoken."""
        self._senders = _senders(sent)
        self._as_at: dict[int, date] = {}
        self._latest: dict[tuple[str, str], ReceivedRun] = {}
        self._files: dict[int, str | None] = {}
        self._full: dict[tuple[str, str], date] = {}
        for run in sorted(runs, key=lambda each: each.run):
            self._add(run)

    def _add(self, run: ReceivedRun) -> None:
        scope = (run.feed, run.supplier)
        self._latest[scope] = run
        self._files[run.run] = run.file
        if run.as_at is None:
            return
        self._as_at[run.run] = run.as_at
        if run.kind == "full":
            self._full[scope] = max(run.as_at, self._full.get(scope, run.as_at))

    def provenance(
        self, source: str, supplier: str, runs: Iterable[int], organisation: str | None = None
    ) -> Provenance:
        """Who says a line and when it was last confirmed: by these runs, or by the last full file of the scope.

        A sender that sends for several organisations is called after the line's own, if it is one of them.
        """
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
            sender=self._sender(latest, source, supplier, organisation),
        )

    def origin(self, source: str, supplier: str, run: int, line: int | None) -> Origin:
        """Where one record came from, by the run that brought it."""
        return Origin(source, supplier, run, self._files.get(run), line)

    def _sender(
        self, latest: ReceivedRun | None, source: str, supplier: str, organisation: str | None = None
    ) -> str | None:
        """Of the feed that many send, who sent it; the titles of the others say enough."""
        if latest is None or source != "involvements":
            return None
        known = self._senders.get(supplier)
        if known and organisation in known.organisations:
            return organisation
        return (known and known.name) or supplier[:1].upper() + supplier[1:]

    def senders(self) -> tuple[Sender, ...]:
        """Every sender of every source that has been received, by source and name."""
        found = (
            Sender(
                run.feed,
                run.title or run.feed.replace("_", " ").capitalize(),
                self._sender(run, run.feed, run.supplier),
                run.as_at,
                run.every_days or 0,
            )
            for run in self._latest.values()
        )
        return tuple(sorted(found, key=lambda sender: (sender.title, sender.name or "")))

    def why_empty(self, domain: Domain, on: date, none: str = "None recorded.") -> str:
        """Why a sector is empty: none recorded, never loaded, or a source that is late. The same for every child."""
        runs = [run for run in self._latest.values() if run.feed in _FILLED_BY[domain]]
        if not runs:
            return "Not loaded: nothing has been received yet that would show here."
        late = sorted(
            (run for run in runs if is_late(run, on) and self._fills(run, domain)),
            key=lambda run: run.as_at or date.min,
        )
        return " ".join([none, *(self._lateness(run) for run in late[:2])])

    def _fills(self, run: ReceivedRun, domain: Domain) -> bool:
        """Whether a sender's list would show in the sector; one whose services are unknown might."""
        sender = self._senders.get(run.supplier) if run.feed == "involvements" else None
        return sender is None or domain in sender.domains

    def _lateness(self, run: ReceivedRun) -> str:
        title = run.title or run.feed.replace("_", " ").capitalize()
        if run.feed == "involvements":
            # One title stands for many senders of this feed, so the sender tells them apart.
            title = f"The list from {self._sender(run, run.feed, run.supplier)}"
        return f"{title} was last received on {in_words(run.as_at)}." if run.as_at else ""


def is_confirmed(provenance: Provenance, on: date) -> bool:
    """Whether the source has confirmed the line within twice the interval at which it is expected."""
    if provenance.confirmed_on is None:
        return False
    return (on - provenance.confirmed_on).days <= _grace(provenance.every_days)


def is_late(run: ReceivedRun, on: date) -> bool:
    """Whether the newest run of a scope is older than that."""
    return run.as_at is not None and (on - run.as_at).days > _grace(run.every_days or 0)


def _grace(every_days: int) -> int:
    """For how many days a file counts as fresh; one that is expected at no interval never does."""
    return max(_GRACE * every_days, _AT_LEAST) if every_days else 0


def _senders(sent: Iterable[Sent]) -> dict[str, _Sender]:
    """Each sender, called after the one or two organisations whose services it names; what it does tells two apart."""
    rows: dict[str, list[Sent]] = {}
    for row in sent:
        rows.setdefault(row.supplier, []).append(row)
    names = {supplier: _organisation(said) for supplier, said in rows.items()}
    taken = list(names.values())
    return {
        supplier: _sender(said, names[supplier], alike=taken.count(names[supplier]) > 1)
        for supplier, said in rows.items()
    }


def _sender(said: list[Sent], name: str | None, *, alike: bool) -> _Sender:
    kinds = [kind_named(row.kind) for row in said]
    words = {kind.words for kind in kinds}
    if name and alike and len(words) == 1:
        name = f"{name} ({next(iter(words)).lower()})"
    return _Sender(
        name,
        frozenset(kind.domain for kind in kinds if kind.visibility is Visibility.OPEN),
        frozenset(row.organisation for row in said if row.organisation),
    )


def _organisation(said: list[Sent]) -> str | None:
    numbers: dict[str, int] = {}
    for row in said:
        numbers[row.organisation or ""] = numbers.get(row.organisation or "", 0) + row.number
    most = sorted(numbers, key=lambda name: (-numbers[name], name))[:2]
    # A second one counts if it is more than a service or two that somebody else's list names as well.
    return " and ".join(sorted(name for name in most if name and numbers[name] * 10 >= sum(numbers.values()))) or None
