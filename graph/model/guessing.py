"""How guessing is slowed: pure rules of the brakes that each failed sign-in puts on."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

_MILLISECOND = timedelta(milliseconds=1)
_FREE_FAILURES = 3
_FIRST_WAIT = timedelta(minutes=1)
# With three free failures and waits of 1, 2, 4, 8 and then 15 minutes, no hour holds more than ten (security.md 1.3).
_LONGEST_WAIT = timedelta(minutes=15)


class Kind(StrEnum):
    """What a brake is on. In the order of this list brakes are locked, so that no two sign-ins wait for each other."""

    ACCOUNT = "account"
    ADDRESS = "address"
    DEVICE = "device"
    EVERYTHING = "everything"


@dataclass(frozen=True)
class Brake:
    """How often guessing failed here of late, when last, and until when nothing more is tried."""

    key: str
    failures: float
    at: int  # milliseconds since 1970, like the next two
    wait_until: int
    slowed_at: int | None  # since when it has slowed guessing without a break

    @property
    def kind(self) -> Kind:
        """What it is on."""
        return Kind(self.key.partition(":")[0])


# How many failures an address, or everybody together, may have at once, and how soon one of them is forgotten. A
# school behind one address mistypes less often; 330,000 users (security.md 2) mistype some 10,000 times a day.
_BUCKETS = {Kind.ADDRESS: (30, timedelta(seconds=30)), Kind.EVERYTHING: (300, timedelta(seconds=1))}


def after_failure(brake: Brake, now: int) -> Brake:
    """The brake after one more failure at this moment."""
    failures, wait = _bucket(brake, now) if brake.kind in _BUCKETS else _account(brake)
    slowed_at = (brake.slowed_at or now) if wait else None
    return replace(brake, failures=failures, at=now, wait_until=now + wait, slowed_at=slowed_at)


def delay_after(failures: int) -> int:
    """The milliseconds that an account waits after so many failures: none at first, then doubling to a limit."""
    if failures < _FREE_FAILURES:
        return 0
    wait = _FIRST_WAIT * 2 ** min(failures - _FREE_FAILURES, 10)
    return int(min(wait, _LONGEST_WAIT) / _MILLISECOND)


def _account(brake: Brake) -> tuple[float, int]:
    failures = brake.failures + 1
    return failures, delay_after(int(failures))


def _bucket(brake: Brake, now: int) -> tuple[float, int]:
    """Full at its capacity; each failure above it waits until one has been forgotten."""
    capacity, forgets = _BUCKETS[brake.kind]
    each = forgets / _MILLISECOND
    failures = max(0.0, brake.failures - (now - brake.at) / each) + 1
    return failures, max(0, int((failures - capacity + 1) * each))
