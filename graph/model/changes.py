"""What changed with a child between two moments, told in sentences from what one user may see at both."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Place(StrEnum):
    """What a line of a child stands for."""

    SCHOOL = "school"
    PRACTICE = "practice"
    SERVICE = "service"
    PERSON = "person"
    AREA = "area"


@dataclass(frozen=True)
class Held:
    """One line that holds at a moment: of what, by what it is known, how people call it, and whether it leads."""

    place: Place
    key: str
    name: str
    lead: bool = False


@dataclass(frozen=True)
class MyChild:
    """One child in the list of a practitioner. `changes` are sentences, and none of them names the child."""

    handle: str
    name: str
    age: int | None
    changes: tuple[str, ...]


@dataclass(frozen=True)
class MyChildren:
    """One page of a practitioner's children: those with changes first, then by name."""

    rows: tuple[MyChild, ...]
    page: int
    pages: int
    count: int
    changed: int
    mark: str  # how far this page has looked, to be sent back when the changes have been read
    since: datetime | None  # since when changes are listed; None where nobody has looked before
    more: bool  # whether there are more children than the list holds


_MOVED = {
    Place.SCHOOL: ("School", "no school"),
    Place.PRACTICE: ("GP practice", "no GP practice"),
    Place.AREA: ("Responsible authority", "none"),
}


def told(before: Iterable[Held], now: Iterable[Held]) -> tuple[str, ...]:
    """The changes in sentences: what the child moved between, who joined, who ended, who leads now."""
    then, there = _by_key(before), _by_key(now)
    sentences = [_moved(place, then, there) for place in _MOVED]
    joined = _new(there, then, Place.SERVICE)
    left = _new(then, there, Place.SERVICE)
    sentences += [f"{name} joined." for name in joined]
    sentences += [f"{name} joined." for name in _new(there, then, Place.PERSON)]
    sentences += [f"{name} ended." for name in left]
    sentences += [f"{name} is no longer recorded." for name in _new(then, there, Place.PERSON)]
    leading = {line.key for line in then.values() if line.lead}
    sentences += [
        f"{line.name} is now the lead professional."
        for line in sorted(there.values(), key=lambda each: each.name)
        if line.lead and line.key not in leading
    ]
    return tuple(sentence for sentence in sentences if sentence)


def _by_key(lines: Iterable[Held]) -> dict[tuple[Place, str], Held]:
    return {(line.place, line.key): line for line in lines}


def _new(some: dict[tuple[Place, str], Held], others: dict[tuple[Place, str], Held], place: Place) -> list[str]:
    return sorted({line.name for key, line in some.items() if key not in others and line.place is place})


def _moved(place: Place, then: dict[tuple[Place, str], Held], there: dict[tuple[Place, str], Held]) -> str:
    gone, come = _new(then, there, place), _new(there, then, place)
    if not gone and not come:
        return ""
    word, none = _MOVED[place]
    if not gone:
        return f"{word}: {' and '.join(come)} recorded."
    if not come and any(line.place is place for line in there.values()):
        return f"{word}: {' and '.join(gone)} ended."
    return f"{word}: from {' and '.join(gone)} to {' and '.join(come) or none}."
