"""The children of an area as counts and as names: exact against each child's own page, and silent of the hidden."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from graph.model import clock
from graph.model.area import MOST_AGENCIES, Ages, Lack, Narrowing, kinds_to_ask
from graph.model.circle import ChildPage, Depth, Standing
from graph.model.errors import NotFound, Refused
from graph.model.kinds import Tier, Visibility, kind_named
from graph.model.roles import Role
from graph.model.summary import count_agencies
from graph.model.visibility import Viewer
from graph.services import area
from graph.services.area import count_area, list_names
from graph.services.disclosure import show_child
from graph.services.handles import child_of, handle_of
from graph.store import Database
from tests.builders import (
    AREA,
    PRACTICE,
    SCHOOL,
    given_address,
    given_area,
    given_carer,
    given_child,
    given_fact,
    given_involvement,
    given_practitioner,
    given_record,
    given_run,
    given_service,
    given_session,
    given_shield,
    values,
)

TODAY = clock.day_in_england(clock.now())
LEAD: dict[str, Any] = {"username": "grace", "name": "Grace Field", "role": Role.SAFEGUARDING_LEAD}
MANAGER: dict[str, Any] = {"username": "omar", "name": "Omar Said", "role": Role.DATA_MANAGER}
# Kind and organisation of each service; two of one organisation and domain are one agency.
SERVICES = {
    "care": ("social_care", "Council"),
    "help": ("early_help", "Council"),
    "housing": ("housing", "Council"),
    "welfare": ("education_welfare", "Council"),
    "ward": ("hospital", "Trust"),
    "charity": ("voluntary", None),
    "visitors": ("health_visiting", "Trust"),
    "youth": ("youth_justice", "Justice"),
    "clinic": ("mental_health", "Trust"),
    "odd": ("nobody_classified_this", "Oddity"),
}


def ago(days: int) -> date:
    """So many days before today."""
    return TODAY - timedelta(days=days)


def names(db: Database, token: str, narrowing: Narrowing, page: int = 1) -> Any:
    """A page of names, for a reason."""
    return list_names(db, token, narrowing, reason="safeguarding", case_reference="", page=page)


@dataclass
class World:
    """What was put into the graph at random."""

    children: list[str]
    involved: dict[str, list[tuple[str, date | None, date | None]]]


def given_world(db: Database, seed: int, children: int = 18) -> World:
    """A small area of everything that matters: shields, brothers and sisters, family, conflicts, hidden services."""
    dice = random.Random(seed)
    given_run(db)
    given_area(db)
    given_area(db, gss_code="E06000002", name="Elsewhere")
    given_service(db)
    given_service(db, service_id=PRACTICE, name="Surgery", kind="gp_practice")
    for service_id, (kind, organisation) in SERVICES.items():
        given_service(db, service_id=service_id, name=service_id.title(), kind=kind, organisation=organisation)
    for number in range(3):
        given_practitioner(db, practitioner_id=f"p{number}", name=f"Practitioner {number}")
    for number in range(4):
        given_address(db, address_id=f"a{number}", line_1=f"{number} Larch Road")
    world = World([], {})
    for number in range(children):
        _given_one(db, dice, world, number)
    return world


def _given_one(db: Database, dice: random.Random, world: World, number: int) -> None:
    born = ago(dice.randrange(10, 19 * 365))
    child = given_child(db, forename=f"Child{number:02}", date_of_birth=born, area=None)
    since = dice.choice([None, ago(dice.randrange(200)), max(born, ago(30))])
    where = AREA if dice.random() < 0.85 else "E06000002"
    computed = {"source": "computed", "supplier": "signpost"}
    given_fact(db, child_id=child, type="RESPONSIBILITY_OF", target=where, since=since, **computed)
    if dice.random() < 0.2:
        said = {"forename": "Other", "family_name": "Costa", "date_of_birth": ago(dice.randrange(17 * 365, 19 * 365))}
        given_record(db, child_id=child, source=dice.choice(["births", "child_benefit"]), supplier="X", **said)
    if dice.random() < 0.1:
        given_record(db, child_id=child, source="deaths", supplier="X", died_on=ago(dice.choice([10, 500])))
    surname = dice.choice(["Costa", "Addo", "Field"])
    forename = "Grace" if surname == "Field" else dice.choice(["Maria", "Efua"])
    given_carer(db, child_id=child, forename=forename, family_name=surname)
    home = f"a{dice.randrange(4)}"
    given_fact(db, child_id=child, type="LIVES_AT", target=home, since=dice.choice([None, since, ago(400)]))
    if dice.random() < 0.7:
        given_fact(db, child_id=child, type="ATTENDS", target=SCHOOL, until=dice.choice([None, None, ago(3)]))
    if dice.random() < 0.7:
        given_fact(db, child_id=child, type="REGISTERED_WITH", target=PRACTICE)
    for service_id in dice.sample(sorted(SERVICES), dice.choice([0, 1, 2, 3, 5, 7])):
        _given_work(db, dice, world, child, service_id)
    if dice.random() < 0.15:
        given_shield(db, child_id=child)
    world.children.append(child)


def _given_work(db: Database, dice: random.Random, world: World, child: str, service_id: str) -> None:
    begun = dice.choice([None, ago(dice.randrange(500)), ago(dice.randrange(60))])
    until = dice.choice([None, None, None, TODAY, ago(dice.randrange(-5, 300))])
    if begun is not None and until is not None and until <= begun:
        until = None
    given_involvement(
        db,
        child_id=child,
        service_id=service_id,
        practitioner_id=dice.choice([None, "p0", "p1", "p2"]),
        lead=dice.random() < 0.3,
        since=begun,
        until=until,
        forename="Child",
        family_name="Costa",
    )
    world.involved.setdefault(child, []).append((service_id, begun, until))


def pages_of(db: Database, token: str, world: World) -> dict[str, ChildPage]:
    """The page of each child that this user may count, by the pages' own rules."""
    found = {}
    for child in world.children:
        handle = handle_of(token, child)
        try:
            page = show_child(db, token, handle, reason="safeguarding", case_reference="", depth=Depth.CIRCLE)
        except NotFound:
            continue
        if page.authority == "Northshire":
            found[child] = page
    return found


def overlap_by_days(world: World, child: str, page: ChildPage, viewer: Viewer, narrowing: Narrowing) -> int:
    """Day by day, of the services whose kinds the user may see on this page."""
    family = any("own family" in notice for notice in page.notices)
    days = 0
    for back in range(narrowing.period):
        day = ago(back)
        there = set()
        for service_id, since, until in world.involved.get(child, []):
            kind, organisation = kind_named(SERVICES[service_id][0]), SERVICES[service_id][1]
            open_to_all = kind.visibility is Visibility.OPEN
            manages = viewer.role is Role.DATA_MANAGER
            need = kind.visibility is Visibility.NEED_TO_KNOW and viewer.statutory
            seen = open_to_all or (not family and (need or (kind.visibility is Visibility.SENSITIVE and manages)))
            if (
                seen
                and kind.tier is not Tier.UNIVERSAL
                and (since is None or since <= day)
                and (until is None or day < until)
            ):
                there.add((kind.domain, organisation or service_id.title()))
        days += len(there) >= narrowing.together
    return days


def lacks_of(page: ChildPage, arrived: bool) -> set[Lack]:
    """What a page says is missing."""
    if any("Recorded as having" in notice for notice in page.notices):
        return set()
    kinds = {card.kind for card in page.services if card.standing is not Standing.ENDED}
    withheld = page.whereabouts_withheld
    there = {
        Lack.LEAD: page.lead is None and count_agencies(page.services) >= 2,
        Lack.SCHOOL: "school" not in kinds and not withheld and page.age is not None and 5 <= page.age <= 15,
        Lack.PRACTICE: "gp_practice" not in kinds and not withheld,
        Lack.MOVED_IN: arrived and not withheld,
    }
    return {lack for lack, lacks in there.items() if lacks}


def arrived_children(db: Database) -> set[str]:
    """Children for whom the area answers since less than 90 days, who were not born since nor lived there before."""
    rows = values(
        db,
        """
        MATCH (child:Child)-[fact:RESPONSIBILITY_OF]->(area {gss_code: $area}) WHERE fact.from >= $since
        RETURN child.child_id, fact.from,
          COLLECT { MATCH (child)-[home:LIVES_AT]->() RETURN home.from },
          COLLECT {
            MATCH (record:Record)-[:IDENTIFIES]->(child)
            WHERE record.date_of_birth IS NOT NULL RETURN record.date_of_birth
          }
        """,
        area=AREA,
        since=ago(90),
    )
    return {
        child
        for child, since, homes, births in rows
        if not any(home is not None and home < since for home in homes) and not any(born >= since for born in births)
    }


@pytest.mark.parametrize(
    ("seed", "user"), [(1, LEAD | {"statutory": True}), (2, LEAD), (3, MANAGER), (4, MANAGER | {"name": "Grace Field"})]
)
def test_counts_and_names_are_those_of_the_childrens_own_pages(db: Database, seed, user):
    world = given_world(db, seed)
    token = given_session(db, **user, practitioner_id="p0")
    viewer = Viewer(user["role"], user.get("statutory", False), AREA)
    pages = pages_of(db, token, world)
    arrived = arrived_children(db)

    asked = [
        Narrowing(),
        Narrowing(agencies=2),
        Narrowing(agencies=2, overlap_days=20, period=91),
        Narrowing(overlap_days=1, agencies=3),
        Narrowing(kinds=frozenset({"social_care"})),
        Narrowing(kinds=frozenset({"social_care", "hospital"}), period=28),
        Narrowing(ages=Ages.SECONDARY, lacks=frozenset({Lack.PRACTICE})),
        *(Narrowing(lacks=frozenset({lack})) for lack in Lack),
    ]
    for narrowing in asked:
        fit = {
            child
            for child, page in pages.items()
            if narrowing.ages.holds(page.age)
            and narrowing.lacks <= lacks_of(page, child in arrived)
            and narrowing.agencies <= count_agencies(page.services)
            and narrowing.kinds <= agency_kinds(page)
            and narrowing.overlap_days <= overlap_by_days(world, child, page, viewer, narrowing)
        }
        counts = count_area(db, token, narrowing)

        assert counts.children == len(fit), narrowing
        by_number = Counter(min(count_agencies(pages[child].services), MOST_AGENCIES) for child in fit)
        assert [row.children for row in counts.by_agencies] == [by_number[n] for n in range(MOST_AGENCIES + 1)]
        by_kind = Counter(kind for child in fit for kind in agency_kinds(pages[child]))
        kinds = kinds_to_ask(viewer)
        assert [row.children for row in counts.by_kind] == [by_kind[kind] for kind in kinds]
        by_lack = Counter(lack for child in fit for lack in lacks_of(pages[child], child in arrived))
        assert [row.children for row in counts.by_lack] == [by_lack[lack] for lack in Lack]
        assert sum(row.children for row in counts.by_overlap) == len(fit)
        if narrowing.narrows:
            family = {c for c in fit if any("own family" in notice for notice in pages[c].notices)}
            check_names(db, token, narrowing, {child: pages[child] for child in fit - family}, world, viewer)


def agency_kinds(page: ChildPage) -> set[str]:
    """The kinds of the agencies that a page shows as open."""
    return {c.kind for c in page.services if c.standing is not Standing.ENDED and c.tier is not Tier.UNIVERSAL}


def check_names(
    db: Database, token: str, narrowing: Narrowing, pages: dict[str, ChildPage], world: World, viewer: Viewer
) -> None:
    """Every page of names has what each child's own page has, and its event names exactly the children shown."""
    rows = []
    for number in range(1, -(-len(pages) // 20) + 1):
        listed = names(db, token, narrowing, number)
        shown = [child_of(token, row.handle) for row in listed.rows]
        assert last_event(db)[:2] == ("area.names", shown)
        rows += listed.rows
    assert {child_of(token, row.handle) for row in rows} == pages.keys()
    assert [row.name for row in rows] == sorted(row.name for row in rows)
    for row in rows:
        child = str(child_of(token, row.handle))
        page = pages[child]
        assert (row.name, row.age, row.agencies.number) == (page.name, page.age, count_agencies(page.services))
        assert set(row.agencies.kinds) == {kind_named(kind).words for kind in agency_kinds(page)}
        assert row.agencies.overlap_days == overlap_by_days(world, child, page, viewer, narrowing)
        starts: dict[Any, list[date]] = {}
        for card in page.services:
            if card.standing is not Standing.ENDED and card.tier is not Tier.UNIVERSAL and card.since is not None:
                starts.setdefault((card.domain, card.organisation or card.name), []).append(card.since)
        since = [min(days) for days in starts.values()]
        assert (row.agencies.first, row.agencies.latest) == (min(since, default=None), max(since, default=None))


def last_event(db: Database) -> tuple[str, list[str], str, str]:
    """Action, children, decision and content of the newest event."""
    rows = values(
        db,
        "MATCH (event:AuditEvent) RETURN event.action, event.child_refs, event.decision, event.content "
        "ORDER BY event.at DESC, event.seq DESC LIMIT 1",
    )
    action, refs, decision, content = rows[0]
    return action, refs, decision, content.decode()


def given_busy(db: Database, number: int = 1, **child: Any) -> list[str]:
    """Children with five agencies, in an area that has them."""
    given_run(db)
    given_area(db)
    for service_id, (kind, organisation) in SERVICES.items():
        given_service(db, service_id=service_id, name=service_id.title(), kind=kind, organisation=organisation)
    made = []
    for each in range(number):
        made.append(given_child(db, forename=f"Tyrone{each:03}", family_name="Baptiste", **child))
        for service_id in ("care", "housing", "welfare", "ward", "charity", "clinic"):
            given_involvement(db, child_id=made[-1], service_id=service_id, since=ago(40), forename="Tyrone")
    return made


def test_a_shielded_child_changes_nothing_for_a_lead(db: Database):
    given_busy(db)
    token = given_session(db, **LEAD, statutory=True)
    asked = [Narrowing(), Narrowing(agencies=1), Narrowing(lacks=frozenset({Lack.LEAD})), Narrowing(agencies=5)]
    before = [repr(count_area(db, token, narrowing)) for narrowing in asked]
    before_names = repr(names(db, token, asked[1]))

    hidden = given_child(db, forename="Elsie", family_name="Marlow", date_of_birth=ago(3000))
    for service_id in ("care", "housing"):
        given_involvement(db, child_id=hidden, service_id=service_id, since=ago(40), forename="Elsie")
    given_run(db, run=2)
    assert [repr(count_area(db, token, narrowing)) for narrowing in asked] != before
    # From here on no run is published: a shield holds at once, whatever was kept of the area.
    given_shield(db, child_id=hidden)

    assert [repr(count_area(db, token, narrowing)) for narrowing in asked] == before
    assert repr(names(db, token, asked[1])) == before_names
    manager = given_session(db, **MANAGER)
    assert count_area(db, manager, asked[1]).children == 2


def test_a_sensitive_service_is_an_agency_only_where_its_kind_may_be_seen(db: Database):
    given_busy(db)
    lead, manager = given_session(db, **LEAD, statutory=True), given_session(db, **MANAGER)

    assert [row.children for row in count_area(db, lead, Narrowing()).by_agencies] == [0, 0, 0, 0, 0, 1]
    assert "Mental health" not in repr(count_area(db, lead, Narrowing()))
    assert names(db, lead, Narrowing(agencies=5)).rows[0].agencies.number == 5
    # Nursing on a ward and the clinic are health by one organisation: one agency of two kinds.
    told = names(db, manager, Narrowing(agencies=5)).rows[0].agencies
    assert (told.number, "Mental health" in told.kinds) == (5, True)
    for call in (count_area, names):
        with pytest.raises(Refused, match="kinds of agency"):
            call(db, lead, Narrowing(kinds=frozenset({"mental_health"})))
    assert last_event(db)[2] == "denied"


def test_more_than_200_are_not_named(db: Database):
    given_busy(db, 3)
    token = given_session(db, **LEAD)
    counted = area.MOST_NAMES
    try:
        area.MOST_NAMES = 2
        with pytest.raises(Refused, match="none is named"):
            names(db, token, Narrowing(agencies=5))
        assert last_event(db)[1:3] == ([], "denied")
        area.MOST_NAMES = 3
        assert len(names(db, token, Narrowing(agencies=5)).rows) == 3
    finally:
        area.MOST_NAMES = counted
    assert counted == 200


def test_names_come_20_a_page_by_name_and_never_by_agencies(db: Database):
    made = given_busy(db, 21)
    given_service(db, service_id="extra", name="Extra", kind="voluntary", organisation="Extra")
    given_involvement(db, child_id=made[20], service_id="extra", forename="Tyrone")
    token = given_session(db, **LEAD)

    first, second = names(db, token, Narrowing(agencies=5)), names(db, token, Narrowing(agencies=5), page=2)

    assert [row.name for row in first.rows] == [f"Tyrone{number:03} Baptiste" for number in range(20)]
    assert [row.name for row in second.rows] == ["Tyrone020 Baptiste"]
    assert second.rows[0].agencies.number == 6
    assert (first.pages, first.children, second.page) == (2, 21, 2)
    assert last_event(db)[1] == [made[20]]
    # A page that is not there is the last one.
    assert names(db, token, Narrowing(agencies=5), page=99).page == 2
    assert "Tyrone" not in last_event(db)[3]


def test_names_need_a_filter_and_a_reason(db: Database):
    given_busy(db)
    token = given_session(db, **LEAD)

    with pytest.raises(Refused, match="at least one filter"):
        names(db, token, Narrowing())
    with pytest.raises(Refused, match="reason"):
        list_names(db, token, Narrowing(agencies=5), reason="curious", case_reference="", page=1)


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.OPERATOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_roles_have_no_area_and_that_is_written_down(db: Database, role):
    given_busy(db)
    token = given_session(db, role=role, statutory=True)

    with pytest.raises(Refused):
        count_area(db, token, Narrowing())

    assert last_event(db)[:3] == ("area.count", [], "denied")


def test_a_lead_without_an_area_is_told_so(db: Database):
    given_busy(db)

    with pytest.raises(Refused, match="no area"):
        count_area(db, given_session(db, **LEAD, authority=None), Narrowing())


def test_nothing_of_another_area_or_of_an_unpublished_run_is_counted(db: Database):
    given_busy(db)
    given_child(db, area="E06000002")
    given_run(db, run=2, publish=False)
    given_child(db, forename="Later", run=2)
    token = given_session(db, **LEAD)

    assert count_area(db, token, Narrowing()).children == 1

    given_run(db, run=2)
    assert count_area(db, token, Narrowing()).children == 2


def test_the_counts_follow_valid_time(db: Database, monkeypatch: pytest.MonkeyPatch):
    child = given_busy(db)[0]
    given_service(db, service_id="extra", name="Extra", kind="voluntary", organisation="Extra")
    given_involvement(db, child_id=child, service_id="extra", until=TODAY + timedelta(days=1), forename="Tyrone")
    token = given_session(db, **LEAD)
    assert names(db, token, Narrowing(agencies=1)).rows[0].agencies.number == 6

    monkeypatch.setattr(clock, "day_in_england", lambda _moment: TODAY + timedelta(days=1))

    assert names(db, token, Narrowing(agencies=1)).rows[0].agencies.number == 5


def test_what_a_practitioner_says_here_counts_at_once(db: Database):
    child = given_busy(db)[0]
    given_service(db, service_id="extra", name="Extra", kind="voluntary", organisation="Extra")
    token = given_session(db, **LEAD)
    assert names(db, token, Narrowing(agencies=1)).rows[0].agencies.number == 5

    said = {"source": "signpost", "supplier": "northshire"}
    record = given_record(db, child_id=child, key="said", forename="Tyrone", family_name="Baptiste", **said)
    fact = {"involvement": "said", "said_on": TODAY, "said_at": 1, "said_after": 1, **said}
    given_fact(db, child_id=child, type="INVOLVES", target="extra", record=record, since=TODAY, **fact)

    assert names(db, token, Narrowing(agencies=1)).rows[0].agencies.number == 6
