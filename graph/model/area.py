"""The children of an area by what works with them: what may be asked, and how the answer is counted. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from graph.model.intervals import Interval
from graph.model.kinds import KINDS, Domain, Tier, kind_named
from graph.model.visibility import Part, Relation, Sight, Viewer, decide

MOST_NAMES = 200
PAGE = 20
MOST_AGENCIES = 5
# An overlap is of two agencies at least.
_TOGETHER = 2
MOVED_IN_DAYS = 90
SCHOOL_AGE = range(5, 16)
PERIODS = {28: "4 weeks", 91: "3 months", 182: "6 months", 365: "12 months"}
LONGEST = max(PERIODS)
_DAYS = ((0, "No day"), (1, "1 to 27 days"), (28, "28 to 90 days"), (91, "91 to 181 days"), (182, "182 days or more"))
_AGO = ((0, "In the last 4 weeks"), (28, "4 weeks to 3 months ago"), (91, "3 to 12 months ago"), (365, "Longer ago"))


class Ages(StrEnum):
    """Bands of age that may be asked for."""

    ANY = "any"
    UNDER_5 = "under-5"
    PRIMARY = "5-10"
    SECONDARY = "11-15"
    OLDEST = "16-17"

    @property
    def words(self) -> str:
        """The band as people say it."""
        return _AGE_WORDS[self][0]

    def holds(self, age: int | None) -> bool:
        """Whether somebody of this age is in the band; of unknown age, in no band but any."""
        return self is Ages.ANY or (age is not None and age in _AGE_WORDS[self][1])


_AGE_WORDS = {
    Ages.ANY: ("Any age", range(0)),
    Ages.UNDER_5: ("Under 5", range(5)),
    Ages.PRIMARY: ("5 to 10", range(5, 11)),
    Ages.SECONDARY: ("11 to 15", range(11, 16)),
    Ages.OLDEST: ("16 and 17", range(16, 18)),
}


class Lack(StrEnum):
    """What may be missing, or new, of a child; each is asked of those children only of whom it means something."""

    LEAD = "no-lead"
    SCHOOL = "no-school"
    PRACTICE = "no-practice"
    MOVED_IN = "moved-in"

    @property
    def words(self) -> str:
        """What is said on the page."""
        return _LACK_WORDS[self]


_LACK_WORDS = {
    Lack.LEAD: "No lead professional recorded, with 2 or more agencies",
    Lack.SCHOOL: "No school recorded, aged 5 to 15",
    Lack.PRACTICE: "No GP practice recorded",
    Lack.MOVED_IN: f"Moved into the area in the last {MOVED_IN_DAYS} days",
}


@dataclass(frozen=True)
class Narrowing:
    """What a user asks of the children of an area: filters, never an order."""

    agencies: int = 0  # open now, at least
    kinds: frozenset[str] = frozenset()  # of the agencies that are open now, all of them
    overlap_days: int = 0  # in the period, at least
    period: int = LONGEST  # days up to today
    ages: Ages = Ages.ANY
    lacks: frozenset[Lack] = frozenset()

    @property
    def together(self) -> int:
        """How many agencies at once make an overlap: the number asked for, two at least."""
        return max(self.agencies, _TOGETHER)

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for at all."""
        return bool(self.agencies or self.kinds or self.overlap_days or self.lacks or self.ages is not Ages.ANY)

    @property
    def code(self) -> str:
        """What the audit keeps of it."""
        parts = [
            f"agencies={self.agencies}",
            f"kinds={'+'.join(sorted(self.kinds))}",
            f"overlap={self.overlap_days}/{self.period}",
            f"ages={self.ages}",
            f"lacks={'+'.join(sorted(self.lacks))}",
        ]
        return " ".join(parts)

    def also(self, code: str) -> "Narrowing":
        """Narrowed further by the code of a row; ValueError for any other text."""
        name, _, value = code.partition("=")
        match name:
            case "agencies" if value.isdecimal() and 0 < int(value) <= MOST_AGENCIES:
                return replace(self, agencies=int(value))
            case "overlap" if value.isdecimal() and 0 < int(value) <= LONGEST:
                return replace(self, overlap_days=int(value))
            case "kind" if value in KINDS:
                return replace(self, kinds=self.kinds | {value})
            case "lack":
                return replace(self, lacks=self.lacks | {Lack(value)})
            case _:
                raise ValueError("This is no row of the page.")


@dataclass(frozen=True)
class Involved:
    """One targeted or statutory involvement that the user may see."""

    agency: tuple[Domain, str]
    kind: str
    interval: Interval


@dataclass(frozen=True)
class AreaChild:
    """One child of an area as one user may count it. What is withheld of a child is not among its lacks."""

    child_id: str
    age: int | None
    involved: tuple[Involved, ...] = ()
    lacks: frozenset[Lack] = frozenset()


@dataclass(frozen=True)
class Agencies:
    """What works with one child now, and on how many days of the period enough of it worked together."""

    number: int
    kinds: tuple[str, ...]  # as people say them
    first: date | None
    latest: date | None
    overlap_days: int


@dataclass(frozen=True)
class Row:
    """One line of a table of counts. `also` is the code by which a user narrows further to it; empty if none does."""

    words: str
    children: int
    also: str = ""


@dataclass(frozen=True)
class AreaCounts:
    """The children of an area who fit, counted in several ways. No name, no number of any child."""

    children: int
    area: str = ""  # the authority's name
    kinds: tuple[str, ...] = ()  # the kinds of agency that the user may ask for
    by_agencies: tuple[Row, ...] = ()
    by_kind: tuple[Row, ...] = ()
    by_overlap: tuple[Row, ...] = ()
    by_first: tuple[Row, ...] = ()
    by_latest: tuple[Row, ...] = ()
    by_lack: tuple[Row, ...] = ()


@dataclass(frozen=True)
class NamedChild:
    """One line of a list of names. `handle` names the child in this session only."""

    handle: str
    name: str
    age: int | None
    agencies: Agencies


@dataclass(frozen=True)
class NamePage:
    """Twenty names at most, of so many children in all."""

    rows: tuple[NamedChild, ...]
    children: int
    page: int
    pages: int


def kinds_to_ask(viewer: Viewer) -> tuple[str, ...]:
    """The kinds of agency that this user may see named with any child of the area, in the order of the circle."""
    relation = Relation(own_area=True)
    return tuple(
        kind.name
        for kind in KINDS.values()
        if kind.tier is not Tier.UNIVERSAL
        and decide(viewer, relation, Part.SERVICE, visibility=kind.visibility) is Sight.SHOWN
    )


def agencies_of(child: AreaChild, narrowing: Narrowing, today: date) -> Agencies:
    """How the agencies of a child stand today."""
    current = [each for each in child.involved if each.interval.holds(today)]
    since: dict[tuple[Domain, str], date | None] = {}
    for each in current:
        known = [day for day in (since.get(each.agency), each.interval.since) if day is not None]
        since[each.agency] = min(known, default=None)
    starts = [day for day in since.values() if day is not None]
    return Agencies(
        number=len(since),
        kinds=tuple(sorted({kind_named(each.kind).words for each in current})),
        first=min(starts, default=None),
        latest=max(starts, default=None),
        overlap_days=overlap_days(child.involved, narrowing.together, narrowing.period, today),
    )


def overlap_days(involved: Iterable[Involved], together: int, period: int, today: date) -> int:
    """On how many of the last `period` days, today included, at least so many agencies were open at once."""
    last = today.toordinal() + 1
    first = last - period
    spans: dict[tuple[Domain, str], list[tuple[int, int]]] = {}
    for each in involved:
        since, until = each.interval.since, each.interval.until
        begin = max(first, since.toordinal()) if since else first
        end = min(last, until.toordinal()) if until else last
        if begin < end:
            spans.setdefault(each.agency, []).append((begin, end))
    if len(spans) < together:
        return 0
    steps: Counter[int] = Counter()
    for begin, end in (span for each in spans.values() for span in _joined(each)):
        steps[begin] += 1
        steps[end] -= 1
    days = number = 0
    ordered = sorted(steps)
    for day, following in pairwise(ordered):
        number += steps[day]
        days += following - day if number >= together else 0
    return days


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of one agency with those that touch made one, so that no day counts it twice."""
    made: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if made and begin <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((begin, end))
    return made


def fits(child: AreaChild, narrowing: Narrowing, today: date) -> bool:
    """Whether a child is among those asked for."""
    if not narrowing.lacks <= child.lacks or not narrowing.ages.holds(child.age):
        return False
    if not (narrowing.agencies or narrowing.kinds or narrowing.overlap_days):
        return True
    now = [each for each in child.involved if each.interval.holds(today)]
    if len({each.agency for each in now}) < narrowing.agencies or not narrowing.kinds <= {each.kind for each in now}:
        return False
    if not narrowing.overlap_days:
        return True
    return overlap_days(child.involved, narrowing.together, narrowing.period, today) >= narrowing.overlap_days


def count_children(
    children: Iterable[AreaChild], narrowing: Narrowing, kinds: Sequence[str], today: date
) -> AreaCounts:
    """The tables for those who fit. `kinds` are those that the user may see: each has its line, with none too."""
    tally = _Tally()
    for child in children:
        if fits(child, narrowing, today):
            tally.add(child, narrowing, today)
    return AreaCounts(
        children=tally.children,
        kinds=tuple(kinds),
        by_agencies=tuple(
            Row(
                f"{number} or more" if number == MOST_AGENCIES else str(number) if number else "No agency",
                tally.agencies[number],
                f"agencies={number}" if number > narrowing.agencies else "",
            )
            for number in range(MOST_AGENCIES + 1)
        ),
        by_kind=tuple(
            Row(
                kind_named(kind).words,
                tally.kinds[kind_named(kind).words],
                "" if kind in narrowing.kinds else f"kind={kind}",
            )
            for kind in kinds
        ),
        by_overlap=tuple(
            Row(words, tally.overlap[low], f"overlap={low}" if low > narrowing.overlap_days else "")
            for low, words in _DAYS
        ),
        by_first=_dated(tally.first),
        by_latest=_dated(tally.latest),
        by_lack=tuple(
            Row(lack.words, tally.lacks[lack], "" if lack in narrowing.lacks else f"lack={lack}") for lack in Lack
        ),
    )


@dataclass
class _Tally:
    """What is counted, child by child."""

    children: int = 0
    agencies: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    overlap: Counter[int] = field(default_factory=Counter)
    first: Counter[int | None] = field(default_factory=Counter)
    latest: Counter[int | None] = field(default_factory=Counter)
    lacks: Counter[Lack] = field(default_factory=Counter)

    def add(self, child: AreaChild, narrowing: Narrowing, today: date) -> None:
        """One child more."""
        self.children += 1
        self.lacks.update(child.lacks)
        if not child.involved:
            self.agencies[0] += 1
            self.overlap[0] += 1
            return
        found = agencies_of(child, narrowing, today)
        self.agencies[min(found.number, MOST_AGENCIES)] += 1
        self.kinds.update(found.kinds)
        self.overlap[_band(_DAYS, found.overlap_days)] += 1
        if found.number:
            self.first[_days_ago(found.first, today)] += 1
            self.latest[_days_ago(found.latest, today)] += 1


def _days_ago(day: date | None, today: date) -> int | None:
    return None if day is None else _band(_AGO, (today - day) // timedelta(days=1))


def _band(bands: Sequence[tuple[int, str]], value: int) -> int:
    return max(low for low, _ in bands if low <= value)


def _dated(counted: Counter[int | None]) -> tuple[Row, ...]:
    known = tuple(Row(words, counted[low]) for low, words in _AGO)
    return (*known, Row("Start not recorded", counted[None]))
