"""Walking on from a child's circle: its household, other children of its carers, practitioners of its services."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from graph.model import clock
from graph.model.circle import Act, CarerCard, ChildPage, ChildRow, Depth, Provenance, ServiceCard
from graph.model.errors import NotFound, Refused
from graph.model.evidence import (
    CountedAt,
    SeenChild,
    SeenFact,
    SeenOther,
    SeenPractitioner,
    SeenRecord,
    SeenWay,
    SeenWays,
)
from graph.model.filter import Filter
from graph.model.kinds import Visibility, kind_named
from graph.model.names import fold_whole
from graph.model.reasons import check_case_reference, reason_coded
from graph.model.roles import Role
from graph.model.visibility import may_reach, may_walk_from
from graph.model.walking import (
    MOST_AT_A_STEP,
    MOST_COUNTED,
    MOST_PRACTITIONERS,
    Band,
    Connections,
    Hub,
    Link,
    Step,
    Walk,
    WalkedAdult,
    WalkedChild,
    WalkedPractitioner,
    Way,
    goes_on,
    hub_of,
)
from graph.services.circle import Asking, Disclosure, fold_row, is_sheltered, names_of_carers, relation_of
from graph.services.directory import LIST_PRACTITIONERS, said_of
from graph.services.disclosure import NOT_FOUND, Ask, Denied, Opened, Told, disclose, fields_of, read_child
from graph.services.handles import handle_of, practitioner_key
from graph.store import Database, Query, Transaction

# Asked for at a place that is a hub: no link leads there, and whoever writes the address is refused.
_PUPILS = "children"
_MOST_STEPS = 20
# As many other children the query gives at most, those who are shielded last.
MOST_READ = 100
_ROLES = frozenset(role for role in Role if role.sees_children)
_NO_WALK = "Connections cannot be explored from this child’s page. Go back to the page."
_HUB = (
    "A school, practice or service never lists its children. "
    "Signpost counts them at most: search for the child whom you need by name."
)

# Two queries: as one it takes the graph seconds to plan.
LIST_WAYS = Query("walking/list_ways", SeenWays)
LIST_OTHERS = Query("walking/list_others", SeenChild)
COUNT_CHILDREN = Query("walking/count_children", CountedAt)


@dataclass(frozen=True)
class Seen:
    """Everything around a circle, before anybody has decided who may be come to."""

    others: tuple[SeenOther, ...]
    practitioners: tuple[SeenPractitioner, ...]
    counted: tuple[CountedAt, ...]


@dataclass(frozen=True)
class Start:
    """From where the walk begins: the child's circle as this user sees it, and in whose session."""

    token: str
    asking: Asking
    child: SeenChild
    shown: Disclosure

    @property
    def page(self) -> ChildPage:
        """The child's page."""
        return self.shown.page

    def key(self, thing: str) -> str:
        """A name for a node that stays the same in this session and means nothing outside it."""
        text = f"{self.child.child_id} walked to {thing}"
        return "w" + hmac.new(self.asking.card_key, text.encode(), hashlib.sha256).hexdigest()[:12]

    def ends(self, step: Step) -> tuple[str, ...]:
        """What a step starts from: addresses, persons or a service."""
        return self.shown.homes if step.way is Way.HOME else self.shown.ends.get(step.origin, ())


@dataclass(frozen=True)
class Walked:
    """A walk, and what of it is shown: children and facts, which the audit event lists."""

    walk: Walk
    child_ids: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class _Reached:
    """Another child to whom this user may come, and by which ways."""

    child: SeenChild
    row: ChildRow
    records: dict[str, SeenRecord]  # those whose facts count
    ways: tuple[SeenWay, ...]

    def by(self, step: Step, ends: tuple[str, ...]) -> list[SeenWay]:
        """The ways of this step that lead here."""
        return [way for way in self.ways if (way.way == "home") == (step.way is Way.HOME) and way.end in ends]


def show_connections(
    db: Database,
    token: str,
    handle: str,
    *,
    reason: str,
    case_reference: str,
    depth: Depth,
    steps: Sequence[str],
    chosen: Filter | None = None,
) -> Connections:
    """The circle of a child as it is chosen, and the walk from it by these steps, as at the same day.

    One event lists every child that is shown.

    Raises NotFound, or Refused (no circle, shielded, the children of a school, practice or service).
    """
    moment = clock.now()
    today = clock.day_in_england(moment)
    ask = Ask(
        token=token,
        handle=handle,
        reason=reason_coded(reason),
        case_reference=check_case_reference(case_reference),
        depth=depth,
        at=moment,
        today=today,
        chosen=chosen or Filter(today),
        act=Act.PAGE,
    )

    def work(tx: Transaction, opened: Opened) -> Told[Connections] | Denied:
        return _walk(db, tx, ask, opened, steps)

    return disclose(db, token, "child.walk", work, roles=_ROLES, reason=ask.reason, case_reference=ask.case_reference)


def _walk(db: Database, tx: Transaction, ask: Ask, opened: Opened, steps: Sequence[str]) -> Told[Connections] | Denied:
    read = read_child(db, tx, ask)
    if read is None:
        return Denied(NotFound(NOT_FOUND), "not found or not for this user")
    asking, child, shown = read
    refs = (child.child_id,)
    in_full = shown.page.depth is Depth.CIRCLE
    if not may_walk_from(asking.viewer, shielded=child.shielded, depth_is_circle=in_full):
        return Denied(Refused(_NO_WALK), "no walk from here", refs)
    if any(step.partition("-")[0] == _PUPILS for step in steps):
        return Denied(Refused(_HUB), "hub: never its children", refs)
    start = Start(ask.token, asking, child, shown)
    walked = fold_walk(start, _read(tx, ask, opened, start), steps[:_MOST_STEPS])
    taken = ", ".join(band.step.way.value for band in walked.walk.bands)
    return Told(
        Connections(shown.page, walked.walk),
        rule=f"{shown.rule}; walk: {taken or 'counts only'}",
        child_refs=(child.child_id, *walked.child_ids),
        fields=tuple(sorted({*fields_of(shown.page), "connections"})),
        facts=tuple(sorted({*shown.facts, *walked.facts})),
        count=1 + len(walked.child_ids),
    )


def plan_walk(db: Database) -> None:
    """Nothing: the graph has planned the queries of a walk, from nobody to nowhere."""
    today, nobody = clock.day_in_england(clock.now()), list[str]()
    mark = {"published": 0, "withdrawn": list[int]()}
    db.read(LIST_WAYS, child_id="", homes=nobody, carers=nobody, as_at=today, today=today, **mark)
    db.read(LIST_OTHERS, children=nobody, as_at=today, today=today, **mark)
    db.read(LIST_PRACTITIONERS, services=nobody, as_at=today, **mark)
    db.read(COUNT_CHILDREN, services=nobody, as_at=today, today=today, most=MOST_COUNTED + 1, **mark)


def _read(tx: Transaction, ask: Ask, opened: Opened, start: Start) -> Seen:
    mark = {"published": opened.received.published, "withdrawn": list(opened.received.withdrawn)}
    carers = [end for card in start.page.carers for end in start.shown.ends.get(card.key, ())]
    services = [service for card in _open_services(start) for service in start.shown.ends[card.key]]
    ways = tx.read(
        LIST_WAYS,
        child_id=start.child.child_id,
        homes=list(start.shown.homes),
        carers=carers,
        as_at=ask.as_at,
        today=ask.today,
        **mark,
    )
    leading = {each.child_id: each.ways for each in ways}
    children = tx.read(LIST_OTHERS, children=list(leading), as_at=ask.as_at, today=ask.today, **mark)
    others = [SeenOther(child, leading[child.child_id]) for child in children]
    practitioners = tx.read(LIST_PRACTITIONERS, services=services, as_at=ask.as_at, **mark)
    counted = tx.read(
        COUNT_CHILDREN, services=services, as_at=ask.as_at, today=ask.today, most=MOST_COUNTED + 1, **mark
    )
    return Seen(tuple(others), tuple(practitioners), tuple(counted))


def fold_walk(start: Start, seen: Seen, steps: Sequence[str]) -> Walked:
    """Every step with its exact count, and what those asked for add; what this user may not see counts nowhere."""
    reached = _reached(start, seen.others)
    offered = _steps(start, seen, reached)
    by_word = {step.word: replace(step, taken=True) for step in offered if step.leads_somewhere}
    taken = [by_word[word] for word in dict.fromkeys(steps) if word in by_word]
    bands: list[Band] = []
    for step in taken:
        bands.append(_band(start, seen, reached, step, taken, bands))
    words = {step.word for step in taken}
    shown = {each.handle for band in bands for each in band.children}
    children = [each for each in reached if each.row.handle in shown]
    return Walked(
        Walk(
            steps=tuple(replace(step, taken=step.word in words) for step in offered),
            bands=tuple(bands),
            hubs=_hubs(start, seen.counted),
            dropped=len(set(steps) - words),
        ),
        child_ids=tuple(sorted(each.child.child_id for each in children)),
        facts=tuple(
            sorted({way.fact_id for each in children for step in taken for way in each.by(step, start.ends(step))})
        ),
    )


def _reached(start: Start, others: Iterable[SeenOther]) -> tuple[_Reached, ...]:
    """The other children to whom this user may come, by the ways that this user may see, in the order of names."""
    asking = start.asking
    names = {end: fold_whole(card.name) for card in start.page.carers for end in start.shown.ends.get(card.key, ())}
    found = []
    for other in others:
        child = other.child
        relation = relation_of(child, asking)
        if not may_reach(asking.viewer, relation, shielded=child.shielded, sheltered=is_sheltered(child)):
            continue
        row = fold_row(child, asking.viewer, handle_of(start.token, child.child_id), asking.today)
        # A case system may name a child; where the child lives and with whom the registers say.
        records = {record.record: record for record in child.records if record.source != "involvements"}
        ways = tuple(way for way in other.ways if way.record in records and _is_same(way, names))
        if row is not None and ways:
            found.append(_Reached(child, row, records, ways))
    return tuple(sorted(found, key=lambda each: (each.row.name, each.row.age or 0, each.child.child_id)))


def _is_same(way: SeenWay, names: dict[str, str]) -> bool:
    """Whether the carer at the same address is the one from whom the way starts: by the name."""
    return way.way != "namesake" or names.get(way.end) in {fold_whole(name) for name in way.named}


def _steps(start: Start, seen: Seen, reached: Sequence[_Reached]) -> tuple[Step, ...]:
    steps = []
    if start.shown.homes and not start.page.whereabouts_withheld:
        home = Step(word=Way.HOME.value, way=Way.HOME, origin="", name="")
        # The graph gives so many at most: then nobody knows how many more there are.
        full = sum(not other.child.shielded for other in seen.others) >= MOST_READ
        steps.append(_counted(start, reached, home, full=full))
    for carer in _carers(start):
        word = f"{Way.CARER.value}-{carer.key}"
        steps.append(_counted(start, reached, Step(word, Way.CARER, carer.key, carer.name)))
    for service in _open_services(start):
        number = len(_practitioners(start, seen, service))
        word = f"{Way.STAFF.value}-{service.key}"
        step = Step(word, Way.STAFF, service.key, service.name, practitioners=number)
        steps.append(replace(step, too_many=number > MOST_PRACTITIONERS))
    return tuple(steps)


def _counted(start: Start, reached: Sequence[_Reached], step: Step, *, full: bool = False) -> Step:
    children = [each for each in reached if each.by(step, start.ends(step))]
    adults = _adults(start, step, children)
    too_many = full or len(children) > MOST_AT_A_STEP
    return replace(step, children=len(children), adults=len(adults), too_many=too_many)


def _band(
    start: Start, seen: Seen, reached: Sequence[_Reached], step: Step, taken: Sequence[Step], before: Sequence[Band]
) -> Band:
    """What a step adds to what those before it have shown."""
    if step.way is Way.STAFF:
        card = next(card for card in start.page.services if card.key == step.origin)
        people = _practitioners(start, seen, card)
        known = {each.practitioner_key for band in before for each in band.practitioners}
        new = tuple(each for each in people if each.practitioner_key not in known)
        return Band(step, practitioners=new, shown_before=len(people) - len(new))
    here = [each for each in reached if each.by(step, start.ends(step))]
    shown = {each.handle for band in before for each in band.children}
    children = tuple(_walked(start, each, taken) for each in here if each.row.handle not in shown)
    return Band(step, children=children, adults=_adults(start, step, here), shown_before=len(here) - len(children))


def _walked(start: Start, each: _Reached, taken: Iterable[Step]) -> WalkedChild:
    row = each.row
    return WalkedChild(
        key=start.key(each.child.child_id),
        handle=row.handle,
        name=row.name,
        age=row.age,
        sex=row.sex,
        carers=row.carers,
        links=tuple(_link(start, each, step, ways) for step in taken if (ways := each.by(step, start.ends(step)))),
    )


def _link(start: Start, each: _Reached, step: Step, ways: Sequence[SeenWay]) -> Link:
    said: dict[tuple[str, str], Provenance] = {}
    for way in sorted(ways, key=lambda way: (way.source, way.supplier, -way.run)):
        record = each.records[way.record or ""]
        found = start.asking.received.provenance(way.source, way.supplier, [way.run, record.run, *record.confirmed_by])
        said.setdefault((way.source, way.supplier), found)
    home = start.page.home
    theirs = min((way.since for way in ways if way.since is not None), default=None)
    mine = home.since if step.way is Way.HOME and home is not None else None
    return Link(
        way=step.way,
        since=max(mine, theirs) if mine is not None and theirs is not None else None,
        name=step.name,
        sources=tuple(said.values()),
        by_name=all(way.way == "namesake" for way in ways),
    )


def _adults(start: Start, step: Step, children: Iterable[_Reached]) -> tuple[WalkedAdult, ...]:
    """Who lives at the child's home and cares for another child that is shown there, by the folded name."""
    if step.way is not Way.HOME:
        return ()
    drawn = {fold_whole(card.name) for card in start.page.carers}
    homes = [fact for fact in start.child.facts if fact.type == "LIVES_AT" and fact.target in start.shown.homes]
    places = {fact.target for fact in homes} | {_one_line(fact.lines) for fact in homes}
    names: dict[str, str] = {}
    cares_for: dict[str, list[str]] = {}
    for each in children:
        for fact in each.child.facts:
            if not _cares_here(start, each, fact, places):
                continue
            for folded in names_of_carers([fact]) - drawn:
                names.setdefault(folded, _name_of(fact))
                cares_for.setdefault(folded, []).append(each.row.name)
    link = Link(Way.HOME, None, "", ())
    return tuple(
        WalkedAdult(start.key(folded), names[folded], tuple(sorted(set(cares_for[folded]))), (link,))
        for folded in sorted(names)
    )


def _cares_here(start: Start, each: _Reached, fact: SeenFact, places: set[str]) -> bool:
    return (
        fact.type == "CARED_FOR_BY"
        and fact.record in each.records
        and fact.interval.holds(start.page.as_at)
        and any(home.address_id in places or _one_line(home.lines) in places for home in fact.homes)
    )


def _one_line(lines: Iterable[str]) -> str:
    return fold_whole(" ".join(lines))


def _name_of(fact: SeenFact) -> str:
    newest = sorted(fact.described, key=lambda each: -each.run)
    return next(
        (name for each in newest if (name := " ".join(part for part in (each.forename, each.family_name) if part))), ""
    )


def _carers(start: Start) -> list[CarerCard]:
    return [card for card in start.page.carers if goes_on(card.standing) and start.shown.ends.get(card.key)]


def _open_services(start: Start) -> list[ServiceCard]:
    """The services that go on and whose kind is open: of the others neither practitioners nor a number is told."""
    return [
        card
        for card in start.page.services
        if goes_on(card.standing)
        and kind_named(card.kind).visibility is Visibility.OPEN
        and start.shown.ends.get(card.key)
    ]


def _practitioners(start: Start, seen: Seen, card: ServiceCard) -> tuple[WalkedPractitioner, ...]:
    """Who else works for a service, besides those recorded with this child there."""
    there = {card.practitioner_key, *(worker.practitioner_key for worker in card.others)}
    found = []
    for person in seen.practitioners:
        key = practitioner_key(start.asking.card_key, person.practitioner_id)
        staff = said_of(person)
        if person.service_id not in start.shown.ends[card.key] or key in there or staff is None:
            continue
        link = Link(Way.STAFF, person.since, card.name, ())
        found.append(
            WalkedPractitioner(
                key=start.key(f"{card.key} {person.practitioner_id}"),
                practitioner_key=key,
                service_id=person.service_id,
                name=staff.name,
                role=staff.role,
                contact=staff.contact,
                links=(link,),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.name, each.key)))


def _hubs(start: Start, counted: Iterable[CountedAt]) -> tuple[Hub, ...]:
    numbers = {each.service_id: each.number for each in counted}
    return tuple(
        hub_of(card.key, card.name, numbers.get(start.shown.ends[card.key][0], 0)) for card in _open_services(start)
    )
