"""The children of an area by what works with them: as counts first, and by name for few of them and for a reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from threading import Lock
from typing import Any, cast
from weakref import WeakKeyDictionary

from graph.model import clock
from graph.model.area import (
    LONGEST,
    MOST_NAMES,
    MOVED_IN_DAYS,
    PAGE,
    SCHOOL_AGE,
    AreaChild,
    AreaCounts,
    Involved,
    Lack,
    NamedChild,
    NamePage,
    Narrowing,
    agencies_of,
    count_children,
    fits,
    kinds_to_ask,
)
from graph.model.circle import ChildRow, Depth
from graph.model.errors import Refused
from graph.model.evidence import Described, SeenChild
from graph.model.filter import Filter
from graph.model.intervals import Interval, age_on, years_before
from graph.model.kinds import Domain, Kind, Tier, Visibility, kind_named
from graph.model.names import fold_whole
from graph.model.paging import page_of
from graph.model.reasons import reason_coded
from graph.model.roles import Role
from graph.model.visibility import ADULT_AT, Part, Relation, Sight, State, Viewer, decide, state_of, strictest
from graph.services.circle import (
    REGISTERS,
    SHIELDED_RULE,
    Asking,
    Disclosure,
    best_said,
    fold_page,
    fold_row,
    is_family,
    kind_said,
    names_of_carers,
)
from graph.services.disclosure import Denied, Mark, Opened, Told, User, disclose, received
from graph.services.handles import child_of, handle_of, session_key
from graph.store import Database, Query, Transaction

ROLES = frozenset({Role.SAFEGUARDING_LEAD, Role.DATA_MANAGER})
_NO_AREA = "Your account belongs to no area. Ask your organisation’s administrator to set it."
_TOO_MANY = f"More than {MOST_NAMES} children fit, so none is named. Narrow the list with another filter."
_KEPT_AREAS = 4
_BATCH, _PAGES = 2_000, 500


@dataclass(frozen=True)
class CountedChild:
    """What the counts need of one child. `births` are the dates that the registers give."""

    child_id: str
    births: tuple[date, ...]
    gone: bool  # has died or left England
    school: bool
    practice: bool
    arrived: bool  # since the day below, with no earlier home in the area
    since: date | None


@dataclass(frozen=True)
class CountedInvolvement:
    """One involvement of a child."""

    child_id: str
    service_id: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class CountedLead:
    """Who leads for a child, and the services at which."""

    child_id: str
    practitioner_id: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class SaidService:
    """What is said of a service."""

    service_id: str
    described: tuple[Described, ...]


@dataclass(frozen=True)
class ShieldedChild:
    """A shielded child, who cares for it, and which children shared a home with it."""

    child_id: str
    carers: tuple[str, ...]
    beside: tuple[str, ...]


LIST_CHILDREN = Query("area/list_children", CountedChild)
LIST_INVOLVEMENTS = Query("area/list_involvements", CountedInvolvement)
LIST_LEADS = Query("area/list_leads", CountedLead)
LIST_SERVICES = Query("area/list_services", SaidService)
LIST_SHIELDED = Query("area/list_shielded", ShieldedChild)
LIST_STATED = Query("area/list_stated", str)
LIST_NAMED = Query("area/list_named", SeenChild)
LIST_CIRCLES = Query("area/list_circles", SeenChild)
SHOW_AREA = Query("area/show_area", str)


@dataclass(frozen=True)
class _Service:
    """What counts of a service."""

    kind: Kind
    visibility: Visibility
    agency: tuple[Domain, str]


@dataclass(frozen=True)
class _Area:
    """An area as the graph has it on one day: everything, before anybody has decided who may count it."""

    children: dict[str, CountedChild]
    involvements: dict[str, list[CountedInvolvement]]
    leads: dict[str, list[CountedLead]]
    services: dict[str, _Service]
    named: dict[str, SeenChild]  # those whose records or carers decide what may be counted


@dataclass(frozen=True)
class Asked:
    """Who asks, of which area, on which day, by which publication."""

    db: Database
    token: str
    user: User
    authority: str
    mark: Mark
    today: date

    @property
    def viewer(self) -> Viewer:
        """What matters of the user."""
        return self.user.viewer

    @property
    def published(self) -> dict[str, Any]:
        """The parameters by which a query sees what is published, on this day."""
        return {
            "published": self.mark.published,
            "withdrawn": list(self.mark.withdrawn),
            "today": self.today,
        }


def plan_area(db: Database) -> None:
    """Nothing: the queries of an area are planned, by asking them of an authority that there is not."""
    user = User("", "", "", Role.SAFEGUARDING_LEAD.value, False, "nowhere", None, None)
    asked = Asked(db, "", user, "nowhere", Mark(0, (), 0, ""), clock.day_in_england(clock.now()))
    _read_area(asked)
    db.read(LIST_SHIELDED, **_scope(asked))
    db.read(LIST_STATED, **_scope(asked))
    _named(db, ["0000000000"], asked)
    folded(asked, db, ["0000000000"], "")


@dataclass(frozen=True)
class Folded:
    """A child and its page for one user."""

    seen: SeenChild
    told: Disclosure
    family: bool  # the user's own: nothing but the signpost

    @property
    def hidden(self) -> bool:
        """Whether only the five items of a shielded record are on the page."""
        return self.told.rule == SHIELDED_RULE


def count_area(db: Database, token: str, narrowing: Narrowing) -> AreaCounts:
    """The children of the user's area who fit, in counts. Raises Refused (session, role, no area)."""
    return disclose(db, token, "area.count", partial(_count, db, token, narrowing), roles=ROLES)


def list_names(
    db: Database, token: str, narrowing: Narrowing, *, reason: str, case_reference: str, page: int
) -> NamePage:
    """One page of the names of those who fit, ordered by name. Raises Refused if more than 200 fit."""
    given = reason_coded(reason)
    work = partial(_name, db, token, narrowing, page)
    return disclose(db, token, "area.names", work, roles=ROLES, reason=given, case_reference=case_reference)


def list_recent(db: Database, token: str, handles: Sequence[str]) -> tuple[ChildRow, ...]:
    """The rows of children whom the user has opened in this session, by name."""
    child_ids = sorted({child_id for handle in handles if (child_id := child_of(token, handle)) is not None})

    def work(tx: Transaction, opened: Opened) -> Told[tuple[ChildRow, ...]] | Denied:
        asked = asked_by(db, token, opened)
        if isinstance(asked, Denied):
            return asked
        rows = sorted(_rows(asked, tx, child_ids), key=lambda pair: (fold_whole(pair[0].name), pair[1]))
        return Told(
            tuple(row for row, _ in rows),
            rule="opened in this session",
            child_refs=tuple(child_id for _, child_id in rows),
            fields=("age", "carers", "name", "sex") if rows else (),
            count=len(rows),
        )

    return disclose(db, token, "area.recent", work, roles=ROLES)


def _count(
    db: Database, token: str, narrowing: Narrowing, _tx: Transaction, opened: Opened
) -> Told[AreaCounts] | Denied:
    asked = asked_by(db, token, opened)
    if isinstance(asked, Denied):
        return asked
    kinds = kinds_to_ask(asked.viewer)
    if not narrowing.kinds <= set(kinds):
        return _not_for_you()
    counts = count_children(_seen(asked), narrowing, kinds, asked.today)
    name = asked.db.read_one(
        SHOW_AREA,
        authority=asked.authority,
        published=asked.mark.published,
        withdrawn=list(asked.mark.withdrawn),
    )
    counts = replace(counts, area=name or "")
    return Told(counts, rule=f"counts: {narrowing.code}", fields=("counts",), count=counts.children)


def _name(
    db: Database, token: str, narrowing: Narrowing, page: int, tx: Transaction, opened: Opened
) -> Told[NamePage] | Denied:
    asked = asked_by(db, token, opened)
    if isinstance(asked, Denied):
        return asked
    if not narrowing.kinds <= set(kinds_to_ask(asked.viewer)):
        return _not_for_you()
    if not narrowing.narrows:
        return Denied(Refused("Choose at least one filter before you ask for names."), "names without a filter")
    found = {child.child_id: child for child in _seen(asked) if fits(child, narrowing, asked.today)}
    if len(found) > MOST_NAMES:
        return Denied(Refused(_TOO_MANY), f"names of too many: {narrowing.code}")
    rows = sorted(_rows(asked, tx, found), key=lambda pair: (fold_whole(pair[0].name), pair[1]))
    number, pages = page_of(page, len(rows), PAGE)
    shown = rows[(number - 1) * PAGE : number * PAGE]
    listed = NamePage(
        rows=tuple(
            NamedChild(row.handle, row.name, row.age, agencies_of(found[child_id], narrowing, asked.today))
            for row, child_id in shown
        ),
        children=len(rows),
        page=number,
        pages=pages,
    )
    return Told(
        listed,
        rule=f"names: {narrowing.code}",
        child_refs=tuple(child_id for _, child_id in shown),
        fields=("age", "agencies", "dates", "kinds", "name", "overlap") if shown else (),
        count=len(shown),
    )


def asked_by(db: Database, token: str, opened: Opened) -> Asked | Denied:
    """Who asks; denied to a user of no area."""
    if opened.user.authority is None:
        return Denied(Refused(_NO_AREA), "no area")
    today = clock.day_in_england(clock.now())
    return Asked(db, token, opened.user, opened.user.authority, opened.received, today)


def folded(
    asked: Asked, reader: Database | Transaction, child_ids: Sequence[str], reason: str
) -> dict[str, Folded | None]:
    """The pages of these children for this user, with what they rest on; None for a child whom the user may not see.

    One of another area has the signpost only: its circle takes a step of its own.
    """
    seen = reader.read(
        LIST_CIRCLES,
        child_ids=sorted(set(child_ids)),
        as_at=asked.today,
        kept_from=years_before(asked.today, 1),
        **asked.published,
    )
    found: dict[str, Folded | None] = {}
    for child in seen:
        asking = Asking(
            viewer=asked.viewer,
            practitioner_id=asked.user.practitioner_id,
            service_id=asked.user.service_id,
            handle=handle_of(asked.token, child.child_id),
            reason=reason,
            depth=Depth.SIGNPOST,
            today=asked.today,
            chosen=Filter(asked.today),
            received=received(asked.db, asked.mark),
            name=asked.user.name,
            card_key=session_key(asked.token, "cards"),
        )
        told = fold_page(child, asking)
        family = is_family(child, asked.user.name)
        found[child.child_id] = None if told is None else Folded(child, told, family)
    return found


def _not_for_you() -> Denied:
    return Denied(Refused("Choose kinds of agency from the list on the page."), "a kind that is not listed for them")


def _rows(asked: Asked, tx: Transaction, found: Iterable[str]) -> list[tuple[ChildRow, str]]:
    """The names of these children, read anew. The user's own family is not among them."""
    rows = []
    for child in _named(tx, sorted(found), asked):
        row = fold_row(child, asked.viewer, handle_of(asked.token, child.child_id), asked.today)
        if row is not None and not is_family(child, asked.user.name):
            rows.append((row, child.child_id))
    return rows


def _named(reader: Database | Transaction, child_ids: Sequence[str], asked: Asked) -> list[SeenChild]:
    kept_from = years_before(asked.today, 1)
    found: list[SeenChild] = []
    for start in range(0, len(child_ids), _BATCH):
        batch = list(child_ids[start : start + _BATCH])
        found += reader.read(LIST_NAMED, child_ids=batch, kept_from=kept_from, **asked.published)
    return found


def _seen(asked: Asked) -> list[AreaChild]:
    """The children of the area that this user may count, with what they may count of each."""
    area = _area(asked)
    shielded, sheltered = _guarded(asked, area)
    seen = _Seen(asked, area, shielded, sheltered, _stated(asked, area))
    return [child for known in area.children.values() if (child := seen.child(known)) is not None]


def _stated(asked: Asked, area: _Area) -> dict[str, Folded]:
    """The pages of children of whom a practitioner has said something here, which waits for no load either."""
    found: dict[str, Folded] = {}
    child_ids = [each for each in asked.db.read(LIST_STATED, **_scope(asked)) if each in area.children]
    for start in range(0, len(child_ids), _PAGES):
        pages = folded(asked, asked.db, child_ids[start : start + _PAGES], "")
        found.update((child_id, page) for child_id, page in pages.items() if page is not None)
    return found


def _scope(asked: Asked) -> dict[str, Any]:
    return {"authority": asked.authority, **asked.published}


def _guarded(asked: Asked, area: _Area) -> tuple[frozenset[str], frozenset[str]]:
    """Who is shielded now, and who shares a home and a carer's name with one of them. A shield waits for no load."""
    rows = asked.db.read(LIST_SHIELDED, **_scope(asked))
    beside = sorted({child_id for row in rows for child_id in row.beside if child_id in area.children})
    names = {child.child_id: names_of_carers(child.facts) for child in _named(asked.db, beside, asked)}
    sheltered = {
        child_id
        for row in rows
        for child_id in row.beside
        if names.get(child_id, set()) & {fold_whole(name) for name in row.carers}
    }
    shielded = frozenset(row.child_id for row in rows)
    unread = sorted(child_id for child_id in shielded if child_id in area.children and child_id not in area.named)
    area.named.update((child.child_id, child) for child in _named(asked.db, unread, asked))
    return shielded, frozenset(sheltered) - shielded


@dataclass(frozen=True)
class _Seen:
    """What one user may count of the children of an area: `decide` is asked about every part of every child."""

    asked: Asked
    area: _Area
    shielded: frozenset[str]
    sheltered: frozenset[str]
    stated: dict[str, Folded]

    def child(self, known: CountedChild) -> AreaChild | None:
        """One child as this user may count it; None if they may not know that it is here."""
        relation = self._relation(known.child_id)
        shielded = known.child_id in self.shielded
        if shielded and decide(self.asked.viewer, relation, Part.AREA, shielded=True) is not Sight.SHOWN:
            return None
        age, there = self._age(known)
        if not there:
            return None
        involved = self._involved(known.child_id, relation, shielded=shielded)
        return AreaChild(known.child_id, age, involved, self._lacks(known, age, relation, involved))

    def _relation(self, child_id: str) -> Relation:
        named = self.area.named.get(child_id)
        if named is not None and is_family(named, self.asked.user.name):
            return Relation(family=True)
        me = self.asked.user.practitioner_id
        leads = me is not None and any(lead.practitioner_id == me for lead in self.area.leads.get(child_id, ()))
        return _LEADS if leads else _OF_AREA

    def _age(self, known: CountedChild) -> tuple[int | None, bool]:
        """The child's age, and whether it is still a child here to this user."""
        named = self.area.named.get(known.child_id)
        if named is None:
            born = known.births[0]
            return age_on(born, self.asked.today), state_of(born, None, self.asked.today) is State.LIVE
        row = fold_row(named, self.asked.viewer, "", self.asked.today)
        # An area is of children: who stays by consent after the 18th birthday is found, and counted nowhere.
        return (None, False) if row is None or (row.age or 0) >= ADULT_AT else (row.age, True)

    def _involved(self, child_id: str, relation: Relation, *, shielded: bool) -> tuple[Involved, ...]:
        if child_id in self.stated:
            return _involved_by_page(self.stated[child_id])
        found = []
        for each in self.area.involvements.get(child_id, ()):
            service = self.area.services[each.service_id]
            if service.kind.tier is not Tier.UNIVERSAL and self._sees(service, relation, shielded=shielded):
                found.append(Involved(service.agency, service.kind.name, Interval(each.since, each.until)))
        return tuple(found)

    def _sees(self, service: _Service, relation: Relation, *, shielded: bool) -> bool:
        sight = decide(self.asked.viewer, relation, Part.SERVICE, visibility=service.visibility, shielded=shielded)
        return sight is Sight.SHOWN

    def _lacks(
        self, known: CountedChild, age: int | None, relation: Relation, involved: Sequence[Involved]
    ) -> frozenset[Lack]:
        if known.gone:
            return frozenset()
        withheld = (
            decide(self.asked.viewer, relation, Part.WHEREABOUTS, sheltered=known.child_id in self.sheltered)
            is not Sight.SHOWN
        )
        there = {
            Lack.LEAD: self._lacks_lead(known.child_id, relation, involved),
            Lack.SCHOOL: not withheld and not known.school and age in SCHOOL_AGE,
            Lack.PRACTICE: not withheld and not known.practice,
            Lack.MOVED_IN: not withheld and known.arrived and not self._born_here(known, age),
        }
        return frozenset(lack for lack, lacks in there.items() if lacks)

    def _born_here(self, known: CountedChild, age: int | None) -> bool:
        """Whether the area became responsible with the birth."""
        return age == 0 and any(known.since is not None and born >= known.since for born in known.births)

    def _lacks_lead(self, child_id: str, relation: Relation, involved: Sequence[Involved]) -> bool:
        if len({each.agency for each in involved if each.interval.holds(self.asked.today)}) < 2:
            return False
        if child_id in self.stated:
            return self.stated[child_id].told.page.lead is None
        at = {service_id for lead in self.area.leads.get(child_id, ()) for service_id in lead.services}
        # A shielded child counts for nobody but who sees all of it, so it is asked about as any other.
        return not any(self._sees(self.area.services[service_id], relation, shielded=False) for service_id in at)


def _involved_by_page(page: Folded) -> tuple[Involved, ...]:
    """The targeted and statutory involvements of a child's page."""
    return tuple(
        Involved((card.domain, card.organisation or card.name), card.kind, Interval(card.since, card.until))
        for card in page.told.page.services
        if card.tier is not Tier.UNIVERSAL
    )


_OF_AREA, _LEADS = Relation(own_area=True), Relation(own_area=True, involved=True, lead=True)

# Counts change with loads only, so each process keeps the last areas asked for. What a shield hides is read anew.
_KEPT: "WeakKeyDictionary[Database, dict[str, tuple[tuple[Mark, date], _Area]]]" = WeakKeyDictionary()
_KEEPING = Lock()


def _area(asked: Asked) -> _Area:
    """The area by this publication on this day."""
    key = (asked.mark, asked.today)
    with _KEEPING:
        kept = _KEPT.setdefault(asked.db, {}).get(asked.authority)
    if kept is not None and kept[0] == key:
        return kept[1]
    area = _read_area(asked)
    with _KEEPING:
        areas = _KEPT.setdefault(asked.db, {})
        areas.pop(asked.authority, None)
        areas[asked.authority] = (key, area)
        while len(areas) > _KEPT_AREAS:
            del areas[next(iter(areas))]
    return area


def _read_area(asked: Asked) -> _Area:
    db, scope = asked.db, _scope(asked)
    open_after = asked.today - timedelta(days=LONGEST)
    moved_since = asked.today - timedelta(days=MOVED_IN_DAYS)
    children = {
        row[0]: CountedChild(*_dates(row))
        for row in db.stream(LIST_CHILDREN, registers=list(REGISTERS), moved_since=moved_since, **scope)
    }
    involvements: dict[str, list[CountedInvolvement]] = {}
    for values in db.stream(LIST_INVOLVEMENTS, open_after=open_after, **scope):
        involvements.setdefault(values[0], []).append(CountedInvolvement(*_dates(values)))
    leads: dict[str, list[CountedLead]] = {}
    for child_id, practitioner_id, at in db.stream(LIST_LEADS, **scope):
        leads.setdefault(child_id, []).append(CountedLead(child_id, practitioner_id, tuple(at)))
    ids = {each.service_id for mine in involvements.values() for each in mine}
    ids |= {service_id for mine in leads.values() for lead in mine for service_id in lead.services}
    services = _services(asked, ids)
    telling = [
        child_id
        for child_id, known in children.items()
        if len(known.births) != 1
        or known.gone
        or any(services[each.service_id].visibility is not Visibility.OPEN for each in involvements.get(child_id, ()))
    ]
    named = {child.child_id: child for child in _named(db, telling, asked)}
    return _Area(children, involvements, leads, services, named)


def _services(asked: Asked, service_ids: Iterable[str]) -> dict[str, _Service]:
    rows = asked.db.read(
        LIST_SERVICES,
        service_ids=sorted(service_ids),
        published=asked.mark.published,
        withdrawn=list(asked.mark.withdrawn),
    )
    found = {}
    for row in rows:
        kind = kind_named(kind_said(row.described))
        owner = best_said(row.described, lambda said: said.organisation)
        name = best_said(row.described, lambda said: said.name) or kind.words
        visibility = strictest([kind_named(said.kind).visibility for said in row.described])
        found[row.service_id] = _Service(kind, visibility, (kind.domain, owner or name))
    return found


def _dates(values: Sequence[Any]) -> list[Any]:
    """Values of a stream, their dates as Python's."""
    return [_date(value) for value in values]


def _date(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_date(each) for each in value)
    return cast(Any, value).to_native() if hasattr(value, "to_native") else value
