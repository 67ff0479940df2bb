"""A child's page as it may be shown to one user: everything is decided before it gets here."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from graph.model.clock import day_in_england
from graph.model.filter import Filter, Show
from graph.model.kinds import Domain, Tier, kind_named


class Standing(StrEnum):
    """How a line stands: recorded and current, not confirmed within the interval expected, or ended."""

    CURRENT = "current"
    UNCONFIRMED = "unconfirmed"
    ENDED = "ended"


class Depth(StrEnum):
    """The two depths of a child's page: whom to ring, or everything that this user may see."""

    SIGNPOST = "signpost"
    CIRCLE = "circle"


class Act(StrEnum):
    """What is done with a circle: looked at, gone through by time, or taken away. Each has a name in the audit."""

    PAGE = "page"
    TIMELINE = "timeline"
    SHEET = "sheet"
    TABLE = "table"
    DRAWING = "drawing"
    IMAGE = "image"

    @property
    def needs_circle(self) -> bool:
        """Whether it shows what only the circle has: whoever is at the signpost opens the circle first."""
        return self in (Act.TIMELINE, Act.DRAWING, Act.IMAGE)


@dataclass(frozen=True)
class Origin:
    """Where one statement came from, for those who look after the data: the run, its file, and the line in it."""

    feed: str
    supplier: str
    run: int
    file: str | None
    line: int | None


@dataclass(frozen=True)
class Provenance:
    """One source that says a line: its title, who sent it, when it last confirmed it, how often it is expected to."""

    title: str
    supplier: str
    confirmed_on: date | None
    every_days: int
    national: bool
    sender: str | None = None  # who sent it, by a name that people know; None where the title says enough
    origins: tuple[Origin, ...] = ()  # only for data managers of the area


@dataclass(frozen=True)
class Contact:
    """How to reach somebody. Any part may be unknown."""

    telephone: str | None = None
    out_of_hours: str | None = None
    email: str | None = None
    hours: str | None = None


@dataclass(frozen=True)
class CarerCard:
    """Someone who cares for the child, inside the household's ring or beside it."""

    key: str
    name: str
    relationship: str  # every source's word for it, joined by commas; empty when none is known
    parental_responsibility: bool | None
    lives_with_child: bool | None  # None where nobody says where the carer lives
    telephone: str | None
    since: date | None
    until: date | None
    standing: Standing
    sources: tuple[Provenance, ...]


@dataclass(frozen=True)
class Worker:
    """A further person recorded at an involved service."""

    name: str
    role: str | None
    contact: Contact
    practitioner_key: str | None = None  # of their page in the directory; None where there is none


@dataclass(frozen=True)
class ServiceCard:
    """One involved service: which, who there, since when, how it stands, how to reach it."""

    key: str
    domain: Domain
    tier: Tier
    kind: str
    name: str
    practitioner: str | None
    role: str | None
    contact: Contact
    practitioner_contact: Contact
    since: date | None
    until: date | None
    standing: Standing
    lead: bool
    you: bool
    sources: tuple[Provenance, ...]
    organisation: str | None = None  # whose service it is: agencies are counted by it
    others: tuple[Worker, ...] = ()  # further practitioners now recorded there
    service_id: str | None = None  # of its page in the directory; None where no link may lead there
    practitioner_key: str | None = None  # of the page of the practitioner named on the card

    @property
    def kind_words(self) -> str:
        """The kind of service as people say it; `kind` itself is its code."""
        return kind_named(self.kind).words


@dataclass(frozen=True)
class Home:
    """Where the child lives as recorded."""

    address: str
    since: date | None
    authority: str | None


@dataclass(frozen=True)
class Absence:
    """An empty sector and why it is empty: nothing is recorded, or its feed was never loaded or is late."""

    domain: Domain
    sentence: str


class News(StrEnum):
    """What became of a line since the user last looked."""

    ADDED = "new"
    ENDED = "ended"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """A line that is not as it was when the user last looked."""

    news: News
    card: "ServiceCard | CarerCard"


@dataclass(frozen=True)
class Occasion:
    """Who looks, when and why: it stands on whatever leaves the screen."""

    name: str
    organisation: str
    at: datetime
    reason: str
    case_reference: str


@dataclass(frozen=True)
class ChildPage:
    """A child's page for one user at one moment. `handle` is the child's name in this session's addresses."""

    handle: str
    child_number: str
    name: str
    date_of_birth: date | None
    age: int | None
    sex: str
    shielded: bool
    depth: Depth
    may_open_circle: bool
    reason: str
    as_at: date
    authority: str | None  # the children's authority that is responsible
    home: Home | None
    carers: tuple[CarerCard, ...]
    services: tuple[ServiceCard, ...]
    absences: tuple[Absence, ...]
    lead: ServiceCard | None
    sensitive_exists: bool | None  # true or false only for those who may know; None for everybody else
    summary: str  # one or two sentences computed from the cards
    notices: tuple[str, ...] = field(default=())
    whereabouts_withheld: bool = False  # home, school and practice may be recorded and are not shown
    show: Show = Show.RECENT
    domains: frozenset[Domain] = frozenset()
    last_looked: date | None = None  # when the user last had this circle, on a day before; None if never, or not told
    changes: tuple[Change, ...] = ()  # of the lines that are shown, since then
    to_ring: tuple[ServiceCard, ...] = ()  # who is involved today, whatever else the page was asked for
    five_items: bool = False  # a shield hides the rest
    overridden: bool = False  # shown through a shield, for this visit
    may_shield: bool = False  # this user looks after the shields of the child's authority
    # Two pages that show the same are equal, whoever looks and when.
    occasion: Occasion | None = field(default=None, compare=False, repr=False)
    services_in_all: int = 0  # lines that this user may see on that day, whatever sectors and standings were chosen

    @property
    def chosen(self) -> Filter:
        """What of the circle was asked for, and is shown."""
        return Filter(self.as_at, self.show, self.domains)

    @property
    def told_on(self) -> date | None:
        """Today, if the page is as at another day; else None."""
        today = None if self.occasion is None else day_in_england(self.occasion.at)
        return today if today != self.as_at else None


@dataclass(frozen=True)
class ChildRow:
    """One search result: only what a shielded record may show, for every child."""

    handle: str
    name: str
    age: int | None
    sex: str
    carers: tuple[str, ...]


@dataclass(frozen=True)
class SearchResult:
    """What a search found, best first; `too_many` means more than 20 fitted and none is listed."""

    rows: tuple[ChildRow, ...]
    too_many: bool
    more: bool = False  # others fit less well than all of these, and are not listed
