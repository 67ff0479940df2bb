"""Walking on from a child's circle: the steps that there are, and what those taken add to the picture."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.model.circle import ChildPage, Contact, Provenance, Standing

# More at one home or with one carer is no household: it is a hostel, a school that boards, a register's mistake.
MOST_AT_A_STEP = 20
# Of more practitioners the service's own page tells.
MOST_PRACTITIONERS = 12
# What a place with few children has is said no more exactly, nor is what a large one has.
FEWEST_COUNTED, COUNTED_TO, MOST_COUNTED = 10, 10, 2_000


class Way(StrEnum):
    """How one comes from the circle to somebody else."""

    HOME = "home"
    CARER = "carer"
    STAFF = "staff"


@dataclass(frozen=True)
class Link:
    """Why somebody is shown: the same home since a day, the same carer, the same service."""

    way: Way
    since: date | None
    name: str  # of the carer or the service; empty for the home
    sources: tuple[Provenance, ...]
    by_name: bool = False  # the carer's records are of two persons with one name at one address


@dataclass(frozen=True)
class WalkedChild:
    """Another child: what a row of a search shows, and why it is here."""

    key: str
    handle: str
    name: str
    age: int | None
    sex: str
    carers: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class WalkedAdult:
    """Somebody recorded at the child's home who cares for another child there, and is no carer of this one."""

    key: str
    name: str
    cares_for: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class WalkedPractitioner:
    """Somebody who works for a service of the circle and is not recorded with this child there."""

    key: str
    practitioner_key: str
    service_id: str
    name: str
    role: str | None
    contact: Contact
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Step:
    """One step that may be taken: its word in the address, from which card it leads, and to how many, exactly."""

    word: str
    way: Way
    origin: str  # the key of the carer's or the service's card; empty for the home
    name: str
    children: int = 0
    adults: int = 0
    practitioners: int = 0
    taken: bool = False
    too_many: bool = False

    @property
    def leads_somewhere(self) -> bool:
        """Whether there is anybody to come to, and few enough to be shown."""
        return not self.too_many and bool(self.children or self.adults or self.practitioners)


@dataclass(frozen=True)
class Band:
    """What one step that was taken has added. Who stands in an earlier band is not added again."""

    step: Step
    children: tuple[WalkedChild, ...] = ()
    adults: tuple[WalkedAdult, ...] = ()
    practitioners: tuple[WalkedPractitioner, ...] = ()
    shown_before: int = 0


@dataclass(frozen=True)
class Hub:
    """A place with many children, who are counted and never listed; the count is rounded, None if it is large."""

    origin: str
    name: str
    about: int | None
    few: bool


@dataclass(frozen=True)
class Walk:
    """Every step from a circle, what those taken added, and the places that are counted only."""

    steps: tuple[Step, ...]
    bands: tuple[Band, ...]
    hubs: tuple[Hub, ...]
    dropped: int = 0  # steps asked for that do not lead anywhere from this page


@dataclass(frozen=True)
class Connections:
    """A child's circle with the walk from it."""

    page: ChildPage
    walk: Walk


def hub_of(origin: str, name: str, number: int) -> Hub:
    """The count of a place as it may be told: to the nearest ten, and of few only that they are few."""
    if number > MOST_COUNTED:
        return Hub(origin, name, None, few=False)
    few = number < FEWEST_COUNTED
    return Hub(origin, name, None if few else round(number / COUNTED_TO) * COUNTED_TO, few=few)


def goes_on(standing: Standing) -> bool:
    """Whether one may walk on from a line: not from one that has ended."""
    return standing is not Standing.ENDED
