"""What the graph says of one child, before anybody has decided who may see it."""

from dataclasses import dataclass
from datetime import date

from graph.model.intervals import Interval


@dataclass(frozen=True)
class SeenRecord:
    """What one source says of the child. `kinds` are those of the services that an involvement's record points to."""

    record: str
    source: str
    supplier: str
    run: int
    confirmed_by: tuple[int, ...]
    forename: str | None
    family_name: str | None
    date_of_birth: date | None
    sex: str | None
    died_on: date | None
    left_england: bool | None
    kinds: tuple[str | None, ...]
    stays_until: date | None = None  # by consent to stay after the 18th birthday, the first day on which it ends


@dataclass(frozen=True)
class Line:
    """Where in which run's file a record stands."""

    record: str
    line: int | None
    file_run: int | None


@dataclass(frozen=True)
class Described:
    """What one source says of the other end of a fact: a carer, a service, a practitioner, an authority."""

    source: str
    run: int
    forename: str | None
    family_name: str | None
    name: str | None
    kind: str | None
    organisation: str | None
    telephone: str | None
    out_of_hours: str | None
    email: str | None
    hours: str | None
    role: str | None

    @property
    def called(self) -> str | None:
        """How it is called, or who it is; None if this source does not say."""
        return self.name or " ".join(part for part in (self.forename, self.family_name) if part) or None


@dataclass(frozen=True)
class Dwelling:
    """An address at which a carer lives: its id, and its lines, since two sources seldom agree on the id."""

    address_id: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Saying:
    """When a practitioner said a fact in Signpost (decision 11), and what of a feed it corrects."""

    on: date
    at: int  # milliseconds since 1970, UTC
    after: int  # the newest run that was published then: what a later run says is newer
    corrects: str | None  # the `record` of a feed's involvement that it stands in for


@dataclass(frozen=True)
class SeenFact:
    """One relationship of the child, with what is known of its other end."""

    type: str
    fact_id: str
    record: str | None
    source: str
    supplier: str
    run: int
    since: date | None
    until: date | None
    relationship: str | None
    parental_responsibility: bool | None
    involvement: str | None
    role: str | None
    lead: bool | None
    target: str
    described: tuple[Described, ...]
    lines: tuple[str, ...]  # of an address
    area: str | None  # the authority in which an address lies
    homes: tuple[Dwelling, ...]  # where a carer lives
    said: Saying | None = None  # None for what a feed says

    @property
    def interval(self) -> Interval:
        """When it holds."""
        return Interval(self.since, self.until)


@dataclass(frozen=True)
class SeenChild:
    """Everything visible that bears on one child's page."""

    child_id: str
    shielded: bool
    records: tuple[SeenRecord, ...]
    facts: tuple[SeenFact, ...]
    sheltered_with: tuple[str, ...] = ()  # carers of the shielded children with whom this child shared a home


@dataclass(frozen=True)
class SeenWay:
    """One fact by which another child is connected: recorded at the home or with the carer that `end` names.

    `way` is `home`, `carer` or `namesake` (a carer at the same address, who is the same if one of `named` is).
    """

    way: str
    end: str
    fact_id: str
    record: str | None
    source: str
    supplier: str
    run: int
    since: date | None
    named: tuple[str, ...]


@dataclass(frozen=True)
class SeenWays:
    """The ways that lead to one other child."""

    child_id: str
    ways: tuple[SeenWay, ...]


@dataclass(frozen=True)
class SeenOther:
    """Another child, and every way that leads there."""

    child: SeenChild
    ways: tuple[SeenWay, ...]


@dataclass(frozen=True)
class SeenPractitioner:
    """Somebody recorded as working for a service."""

    service_id: str
    practitioner_id: str
    roles: tuple[str, ...]
    since: date | None
    described: tuple[Described, ...]


@dataclass(frozen=True)
class CountedAt:
    """How many children are recorded at a service."""

    service_id: str
    number: int


@dataclass(frozen=True)
class DescribedService:
    """What one source says of a service."""

    source: str
    run: int
    name: str | None
    kind: str | None
    organisation: str | None
    telephone: str | None
    out_of_hours: str | None
    email: str | None
    hours: str | None
    lines: tuple[str, ...]
    postcode: str | None
    statutory: bool | None
    closed_on: date | None
    status: str | None


@dataclass(frozen=True)
class SeenService:
    """A service with everything said of it, and the authority in whose area it works."""

    service_id: str
    areas: tuple[str, ...]  # codes
    area: str | None  # the name of one of them
    described: tuple[DescribedService, ...]
