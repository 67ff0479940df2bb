"""What of a circle is asked for: as at which day, current or ended, which sectors. Everything shown obeys this one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from graph.model.errors import SignpostError
from graph.model.intervals import Interval, in_words, years_before
from graph.model.kinds import Domain

# No day of a child is before it; a year with two digits is.
EARLIEST = date(1900, 1, 1)
_BOXES = ("day", "month", "year")
_YES = "yes"


class Show(StrEnum):
    """Which lines, by how they stand on the day."""

    RECENT = "recent"  # current, and ended in the 12 months before: what is shown unless more or less is asked for
    CURRENT = "current"
    ENDED = "ended"  # however long ago
    ALL = "all"


class FilterFault(SignpostError):
    """What is asked for cannot be read. The message says what to enter; `part` is the field that is wrong."""

    def __init__(self, message: str, part: str) -> None:
        """Keeps the field."""
        super().__init__(message)
        self.part = part


@dataclass(frozen=True)
class Filter:
    """What of a circle is asked for, as at the end of no day but one: `[from, to)` holds on it or does not.

    No sector named means every one. It is about valid time: what is known now of that day.
    """

    as_at: date
    show: Show = Show.RECENT
    domains: frozenset[Domain] = frozenset()

    @property
    def kept_from(self) -> date:
        """What ended on this day or before is not shown."""
        return date.min if self.show in (Show.ENDED, Show.ALL) else years_before(self.as_at, 1)

    def keeps(self, interval: Interval) -> bool:
        """Whether a line of this period is shown."""
        if not interval.begun(self.as_at):
            return False
        if not interval.ended(self.as_at):
            return self.show is not Show.ENDED
        return self.show is not Show.CURRENT and interval.until is not None and interval.until > self.kept_from

    def keeps_domain(self, domain: Domain) -> bool:
        """Whether this sector is asked for."""
        return not self.domains or domain in self.domains

    @property
    def widest(self) -> "Filter":
        """The same day with every sector and, besides what is current, what has ended as far back as asked for."""
        return replace(self, show=Show.ALL if self.show in (Show.ENDED, Show.ALL) else Show.RECENT, domains=frozenset())

    def query(self, today: date) -> dict[str, str]:
        """The query string that asks for this again: nothing of what goes without saying, and no personal data."""
        asked = {} if self.as_at == today else {"as_at": self.as_at.isoformat()}
        asked |= {} if self.show is Show.RECENT else {"show": self.show.value}
        return asked | {word_of(domain): _YES for domain in Domain if domain in self.domains}


def none_recorded(chosen: Filter, today: date) -> str:
    """What an empty sector says where its sources are there: neither more nor less than was asked for."""
    past = chosen.as_at != today
    match chosen.show:
        case Show.CURRENT:
            return "None recorded on that day." if past else "None recorded now."
        case Show.RECENT:
            return "None recorded then, or in the 12 months before." if past else "None recorded in the last 12 months."
        case Show.ENDED:
            return "None recorded as ended."
        case Show.ALL:
            return "None recorded."


def word_of(domain: Domain) -> str:
    """A sector as its field in the query string: `social_care`."""
    return domain.name.lower()


def read_filter(asked: Mapping[str, str], today: date) -> Filter:
    """The filter of a query string: `as_at=2026-05-03` or three boxes, `show=`, and a field for each sector.

    Raises FilterFault, with what to enter, for a day that is none, is to come or is before 1900, and for other words.
    """
    show = asked.get("show") or Show.RECENT.value
    if show not in {each.value for each in Show}:
        raise FilterFault("Choose what to show from the list", "show")
    chosen = {domain for domain in Domain if asked.get(word_of(domain))}
    if any(asked[word_of(domain)] != _YES for domain in chosen):
        raise FilterFault("Choose the kinds of service from the list", "domains")
    # All of them is the same as none named.
    return Filter(_day(asked, today), Show(show), frozenset() if len(chosen) == len(Domain) else frozenset(chosen))


def _day(asked: Mapping[str, str], today: date) -> date:
    boxes = {name: asked.get(name, "").strip() for name in _BOXES}
    if not any(boxes.values()):
        return _in_range(_of_one(asked["as_at"]), today) if asked.get("as_at") else today
    missing = [name for name in _BOXES if not boxes[name]]
    if missing:
        raise FilterFault(f"The day must include a {' and a '.join(missing)}", missing[0])
    if not all(_is_number(value) for value in boxes.values()):
        raise FilterFault("The day must be numbers, like 3 5 2026", "day")
    return _in_range(_real(boxes["year"], boxes["month"], boxes["day"]), today)


def _of_one(text: str) -> date:
    parts = text.split("-")
    if len(parts) != 3 or [len(part) for part in parts] != [4, 2, 2] or not all(map(_is_number, parts)):
        raise FilterFault("The day must be a date, like 3 5 2026", "day")
    return _real(*parts)


def _real(year: str, month: str, day: str) -> date:
    if int(year) < EARLIEST.year:
        raise FilterFault(f"The year must be {EARLIEST.year} or later, with 4 digits, like 2026", "year")
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise FilterFault("The day must be a real date", "day") from error


def _in_range(day: date, today: date) -> date:
    if day > today:
        raise FilterFault(f"The day must be today, {in_words(today)}, or in the past", "day")
    return day


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
