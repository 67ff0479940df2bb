"""The time: the one place that asks for it, so that tests can set it."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.fromtimestamp(time.time(), tz=UTC)


def milliseconds(moment: datetime) -> int:
    """A moment as whole milliseconds since 1970, which is how sessions and audit events keep it."""
    return int(moment.timestamp() * 1000)


def moment_of(at: int) -> datetime:
    """The moment of so many milliseconds since 1970, in UTC."""
    return datetime.fromtimestamp(at / 1000, tz=UTC)


def day_in_england(moment: datetime) -> date:
    """The date on the wall in England at that moment: birthdays begin at midnight there."""
    return moment.astimezone(LONDON).date()
