"""Chosen children side by side, and the ways by which two of them are connected."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.model.circle import ChildRow, Standing
from graph.model.kinds import Domain

FEWEST, MOST = 2, 8
MOST_HOPS = 4
MOST_WAYS = 10
# A home, service or practitioner with more children now is a hub; a school and a practice always are.
HUB = 50


@dataclass(frozen=True)
class Chosen:
    """One of the children side by side. `withheld` where nothing of its services may be shown."""

    handle: str
    name: str
    age: int | None
    withheld: bool


@dataclass(frozen=True)
class Cell:
    """How one service is involved with one child."""

    since: date | None
    until: date | None
    standing: Standing
    lead: bool
    practitioner: str | None


@dataclass(frozen=True)
class Line:
    """One service, and how it is involved with each of the children; None where it is not."""

    domain: Domain
    kind: str
    name: str
    organisation: str | None
    cells: tuple[Cell | None, ...]

    @property
    def number(self) -> int:
        """With how many of the children it is involved now."""
        return sum(cell is not None and cell.standing is not Standing.ENDED for cell in self.cells)

    @property
    def shared(self) -> bool:
        """Whether it is or was involved with more than one of them."""
        return sum(cell is not None for cell in self.cells) > 1


@dataclass(frozen=True)
class Together:
    """Two to eight children and every service that the user may see with any of them."""

    children: tuple[Chosen, ...]
    lines: tuple[Line, ...]
    as_at: date
    reason: str


class Bond(StrEnum):
    """How a child is bound to what a way goes through, as the step says it."""

    CARED_FOR_BY = "is cared for by"
    LIVES_AT = "lives at"
    ATTENDS = "goes to"
    REGISTERED_WITH = "is registered with"
    INVOLVES = "has an involvement with"
    SEEN_BY = "is seen by"


@dataclass(frozen=True)
class Stop:
    """What a way goes through: a child by its row, anything else by its words."""

    words: str
    kind: str
    child: ChildRow | None = None


@dataclass(frozen=True)
class Hop:
    """One step of a way: always said of a child, whichever way it is walked."""

    child: Stop
    bond: Bond
    detail: str
    target: Stop
    since: date | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """One way from one child to the other."""

    stops: tuple[Stop, ...]
    hops: tuple[Hop, ...]


@dataclass(frozen=True)
class Connection:
    """How two children are connected: the shortest ways there are, of so many steps; none if there is no way."""

    children: tuple[Stop, Stop]
    ways: tuple[Way, ...]
    more: bool  # there are more ways as short as these
    aside: int  # hubs that were not walked through
    hubs_shared: bool  # whether what both have in common counts although it is a hub
    as_at: date
