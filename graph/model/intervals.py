"""Valid time: `[from, to)` in whole days; None means unknown or open."""

from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Interval:
    """From a day up to, not including, another."""

    since: date | None = None
    until: date | None = None

    def begun(self, on: date) -> bool:
        """Whether it has begun by that day; an unknown beginning has."""
        return self.since is None or self.since <= on

    def ended(self, on: date) -> bool:
        """Whether it is over on that day."""
        return self.until is not None and self.until <= on

    def holds(self, on: date) -> bool:
        """Whether that day is inside."""
        return self.begun(on) and not self.ended(on)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes 28 where there is none."""
    year = day.year - years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def age_on(born: date, day: date) -> int:
    """Whole years from birth; who is born on 29 February has a birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    """The day on which somebody is so many years old; who is born on 29 February is so on 1 March in other years."""
    year = born.year + years
    return date(year, 3, 1) if (born.month, born.day) == (2, 29) and not isleap(year) else born.replace(year=year)


def in_words(day: date) -> str:
    """A day as people write it: 3 January 2026."""
    return f"{day.day} {day:%B %Y}"
