"""How many children one person is told of in a day, and at what pace, before it is proven again who asks.

`security.md` 6, test 23. Of most people a day's work is a few children; whoever needs more has more, by name.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

A_DAY = 120
# So many are named in lists, with a name and a birthday, for each who may be opened.
NAMED_FOR_EACH = 5
LATELY = timedelta(minutes=15)
# A quarter of a day's children within that time.
_QUARTERS = 4

# What names children so that one of them can be opened. Every other way to be told of a child counts as opening it: a
# walk as well, since whoever is come to through a school or a home is there.
LISTS = frozenset(
    {
        *("child.find", "child.mine", "area.names", "area.recent", "review.queue", "review.decided"),
        *("request.queue", "request.asked", "team.queue", "team.asked", "shield.list", "alert.list"),
    }
)
# Auditors have numbers and never a name.
NOT_COUNTED = "audit."


class Limit(StrEnum):
    """What has been reached."""

    OPENED = "opened"
    NAMED = "named"
    PACE = "pace"


@dataclass(frozen=True)
class Taken:
    """Of how many different children somebody has been told today, by opening them, in lists, and by opening lately."""

    opened: int
    named: int
    lately: int
    again: int = 0  # of those whom this is about, how many were told of today already, in the same way


def limit_of(taken: Taken, action: str, children: int, most: int) -> Limit | None:
    """What is reached by telling of so many children; None if they may be told of.

    `most` is how many this person may open in a day. Who was told of today is told of again.
    """
    children -= taken.again
    if children <= 0:
        return None
    if action in LISTS:
        return Limit.NAMED if taken.named + children > most * NAMED_FOR_EACH else None
    if taken.opened + children > most:
        return Limit.OPENED
    # What a proof of a moment ago does not allow is not asked for again.
    return Limit.PACE if taken.lately and taken.lately + children > most // _QUARTERS else None
