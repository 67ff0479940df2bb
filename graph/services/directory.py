"""The directory of services and practitioners: whom to reach where, which involves no child."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from graph.model import clock
from graph.model.circle import Contact
from graph.model.directory import (
    MOST_LISTED,
    FoundServices,
    PractitionerPage,
    ServicePage,
    ServiceRow,
    Sought,
    Staff,
    Workplace,
)
from graph.model.errors import NotFound, Refused
from graph.model.evidence import Described, DescribedService, SeenPractitioner, SeenService
from graph.model.kinds import KINDS, Kind, Visibility, kind_named
from graph.model.names import fold_terms, fold_whole
from graph.model.roles import Role
from graph.model.visibility import strictest
from graph.services.disclosure import Denied, Opened, Told, disclose
from graph.services.handles import practitioner_key, session_key
from graph.store import Database, Query, Transaction

_ROLES = frozenset(role for role in Role if role.sees_children)
_OPEN = sorted(kind.name for kind in KINDS.values() if kind.visibility is Visibility.OPEN)
_GONE = "closed"
_NO_SERVICE = "No service is found at this address. Look for it in the directory by its name."
_NO_PRACTITIONER = "No practitioner is found at this address. Look for their service in the directory."
_ASK_MORE = "Give a postcode, a kind of service or part of a name."
_ASK_WHERE = "Give a postcode as well: your account belongs to no area."

Said = TypeVar("Said", Described, DescribedService)

SHOW_SERVICE = Query("directory/show_service", SeenService)
FIND_SERVICES_NEAR = Query("directory/find_services_near", SeenService)
FIND_SERVICES_NAMED = Query("directory/find_services_named", SeenService)
LIST_PRACTITIONERS = Query("directory/list_practitioners", SeenPractitioner)
LIST_WORKPLACES = Query("directory/list_workplaces", SeenService)


@dataclass(frozen=True)
class _Known:
    """A service as its sources together describe it."""

    seen: SeenService
    kind: Kind
    name: str

    @property
    def contact(self) -> Contact:
        said = self.seen.described
        return Contact(
            telephone=_best(said, lambda each: each.telephone),
            out_of_hours=_best(said, lambda each: each.out_of_hours),
            email=_best(said, lambda each: each.email),
            hours=_best(said, lambda each: each.hours),
        )

    @property
    def organisation(self) -> str | None:
        return _best(self.seen.described, lambda each: each.organisation)

    @property
    def postcode(self) -> str | None:
        """Where it is: told of open kinds only. A refuge must not be found by its address, nor its address by it."""
        if self.kind.visibility is not Visibility.OPEN:
            return None
        return _best(self.seen.described, lambda each: each.postcode)


def find_services(db: Database, token: str, sought: Sought) -> FoundServices:
    """The services that are sought, nearest first, 50 at most and how many there are in all.

    Near is the same sector, then the same district, then the same authority. Raises Refused where nothing is asked.
    """
    terms = fold_terms(sought.name)
    if sought.kind is None and sought.postcode is None and not terms:
        raise Refused(_ASK_MORE)

    def work(tx: Transaction, opened: Opened) -> Told[FoundServices] | Denied:
        authority = opened.user.authority
        if sought.postcode is None and not terms and authority is None:
            return Denied(Refused(_ASK_WHERE), "no area to look in")
        today = clock.day_in_england(clock.now())
        known = [_known(each) for each in _read(tx, opened, sought, terms)]
        fitting = [each for each in known if each is not None and _fits(each, sought, terms, today)]
        fitting.sort(key=lambda each: (_distance(each, sought, authority), fold_whole(each.name), each.seen.service_id))
        found = FoundServices(
            tuple(_row(each) for each in fitting[:MOST_LISTED]), len(fitting), _order(sought, authority, bool(terms))
        )
        shown = tuple(row.service_id for row in found.rows)
        return Told(found, rule="directory", fields=("services",) if shown else (), facts=shown, count=len(shown))

    return disclose(db, token, "directory.find", work, roles=_ROLES)


def show_service(db: Database, token: str, service_id: str) -> ServicePage:
    """One service and, where its kind is open, its practitioners; NotFound if it is unknown or has closed."""

    def work(tx: Transaction, opened: Opened) -> Told[ServicePage] | Denied:
        today = clock.day_in_england(clock.now())
        known = _open_service(tx, opened, service_id, today)
        if known is None:
            return Denied(NotFound(_NO_SERVICE), "unknown or closed service")
        open_kind = known.kind.visibility is Visibility.OPEN
        people = _people(tx, opened, [service_id], today) if open_kind else []
        page = _page(known, _staff(people, session_key(token, "cards")) if open_kind else None)
        facts = (service_id, *sorted(person.practitioner_id for person in people))
        return Told(page, rule="directory", fields=("service",), facts=facts, count=1)

    return disclose(db, token, "directory.service", work, roles=_ROLES)


def show_practitioner(db: Database, token: str, key: str, service_id: str) -> PractitionerPage:
    """One practitioner by their key in this session and a service of an open kind for which they work, or NotFound."""

    def work(tx: Transaction, opened: Opened) -> Told[PractitionerPage] | Denied:
        today = clock.day_in_england(clock.now())
        missing = Denied(NotFound(_NO_PRACTITIONER), "no such practitioner of an open service")
        known = _open_service(tx, opened, service_id, today)
        if known is None or known.kind.visibility is not Visibility.OPEN:
            return missing
        cards = session_key(token, "cards")
        people = _people(tx, opened, [service_id], today)
        person = next((each for each in people if practitioner_key(cards, each.practitioner_id) == key), None)
        staff = None if person is None else said_of(person)
        if person is None or staff is None:
            return missing
        asked = {"practitioner_id": person.practitioner_id, "today": today, **_mark(opened)}
        places = [_known(each) for each in tx.read(LIST_WORKPLACES, **asked)]
        open_places = [
            each
            for each in places
            if each is not None and each.kind.visibility is Visibility.OPEN and not _is_closed(each, today)
        ]
        page = PractitionerPage(
            name=staff.name,
            role=staff.role,
            contact=staff.contact,
            workplaces=tuple(
                Workplace(each.seen.service_id, each.name, each.kind, each.contact, each.seen.area)
                for each in sorted(open_places, key=lambda each: (each.name, each.seen.service_id))
            ),
        )
        facts = (person.practitioner_id, *(place.service_id for place in page.workplaces))
        return Told(page, rule="directory", fields=("practitioner",), facts=facts, count=1)

    return disclose(db, token, "directory.practitioner", work, roles=_ROLES)


def said_of(person: SeenPractitioner) -> Staff | None:
    """Name, role and contact of a practitioner by the newest record that says each; None where nobody gives a name."""
    name = _best(person.described, lambda each: each.name or _both(each))
    if name is None:
        return None
    role = next(iter(sorted(person.roles)), None) or _best(person.described, lambda each: each.role)
    contact = Contact(
        telephone=_best(person.described, lambda each: each.telephone),
        out_of_hours=_best(person.described, lambda each: each.out_of_hours),
        email=_best(person.described, lambda each: each.email),
        hours=_best(person.described, lambda each: each.hours),
    )
    return Staff("", name, role, contact)


def _both(said: Described) -> str | None:
    return " ".join(part for part in (said.forename, said.family_name) if part) or None


def _mark(opened: Opened) -> dict[str, Any]:
    return {"published": opened.received.published, "withdrawn": list(opened.received.withdrawn)}


def _read(tx: Transaction, opened: Opened, sought: Sought, terms: Sequence[str]) -> list[SeenService]:
    kinds = sorted(KINDS) if sought.kind is None else [sought.kind]
    if terms and sought.postcode is None:
        # Folded terms have letters and digits only: nothing in them is a sign of the index's own language. The index
        # keeps apostrophes, so that "marys" must find "mary's"; what fits is decided on the folded names.
        words = " AND ".join(f"name:{term.rstrip('s') or term}*" for term in terms)
        return tx.read(FIND_SERVICES_NAMED, words=words, kinds=kinds, **_mark(opened))
    near = sought.postcode
    return tx.read(
        FIND_SERVICES_NEAR,
        district=None if near is None else f"{near.district} ",
        authority=opened.user.authority if near is None else None,
        open_kinds=_OPEN,
        kinds=kinds,
        **_mark(opened),
    )


def _people(tx: Transaction, opened: Opened, services: list[str], today: date) -> list[SeenPractitioner]:
    return tx.read(LIST_PRACTITIONERS, services=services, as_at=today, **_mark(opened))


def _open_service(tx: Transaction, opened: Opened, service_id: str, today: date) -> _Known | None:
    seen = tx.read_one(SHOW_SERVICE, service_id=service_id, **_mark(opened))
    known = None if seen is None else _known(seen)
    return None if known is None or _is_closed(known, today) else known


def _known(seen: SeenService) -> _Known | None:
    """What is known of a service, by the most guarded of the kinds said of it; None where nobody describes it."""
    kinds = [kind_named(each.kind) for each in seen.described]
    if not kinds:
        return None
    guarded = strictest([kind.visibility for kind in kinds])
    kind = next(kind for kind in kinds if kind.visibility is guarded)
    return _Known(seen, kind, _best(seen.described, lambda each: each.name) or kind.words)


def _is_closed(known: _Known, today: date) -> bool:
    newest = max(known.seen.described, key=lambda each: each.run)
    return newest.status == _GONE or (newest.closed_on is not None and newest.closed_on <= today)


def _fits(known: _Known, sought: Sought, terms: Iterable[str], today: date) -> bool:
    if _is_closed(known, today) or (sought.kind is not None and known.kind.name != sought.kind):
        return False
    parts = fold_whole(known.name).split()
    return all(any(part.startswith(term) for part in parts) for term in terms)


def _distance(known: _Known, sought: Sought, authority: str | None) -> int:
    """How near a service is: 0 is nearest. Those whose address is not told are all equally far."""
    if sought.postcode is None:
        return 0 if authority in known.seen.areas else 1
    where = known.postcode or ""
    if sought.postcode.sector is not None and where.startswith(sought.postcode.sector):
        return 0
    return 1 if where.startswith(f"{sought.postcode.district} ") else 2


def _order(sought: Sought, authority: str | None, named: bool) -> str:
    if sought.postcode is not None:
        near = sought.postcode.sector or sought.postcode.district
        return f"Those with a postcode that begins with {near} come first, then the rest of the area, by name."
    if named:
        return "Those in your area come first, then the others, by name." if authority else "By name."
    return "Services in your own area, by name. Give a postcode to look elsewhere."


def _row(known: _Known) -> ServiceRow:
    return ServiceRow(
        service_id=known.seen.service_id,
        name=known.name,
        kind=known.kind,
        organisation=known.organisation,
        telephone=known.contact.telephone,
        postcode=known.postcode,
        area=known.seen.area,
    )


def _page(known: _Known, practitioners: tuple[Staff, ...] | None) -> ServicePage:
    withheld = known.kind.visibility is not Visibility.OPEN
    placed = max(known.seen.described, key=lambda each: (bool(each.lines), each.run))
    return ServicePage(
        service_id=known.seen.service_id,
        name=known.name,
        kind=known.kind,
        organisation=known.organisation,
        contact=known.contact,
        address=() if withheld else tuple(line for line in (*placed.lines, placed.postcode) if line),
        address_withheld=withheld,
        area=known.seen.area,
        statutory=any(each.statutory is True for each in known.seen.described),
        practitioners=practitioners,
    )


def _staff(people: Iterable[SeenPractitioner], cards: bytes) -> tuple[Staff, ...]:
    found = [
        Staff(practitioner_key(cards, person.practitioner_id), staff.name, staff.role, staff.contact)
        for person in people
        if (staff := said_of(person)) is not None
    ]
    return tuple(sorted(found, key=lambda each: (each.role is None, each.role or "", each.name, each.key)))


def _best(said: Iterable[Said], value: Callable[[Said], str | None]) -> str | None:
    """What the newest record that says it says; None if none does."""
    newest = sorted(said, key=lambda each: -each.run)
    return next((found for each in newest if (found := value(each))), None)
