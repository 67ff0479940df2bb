"""Chosen children side by side, and how two of them are connected: only by what the user may see of each."""

from datetime import timedelta
from typing import Any

import pytest

from graph.model import clock
from graph.model.errors import NotFound, Refused
from graph.model.roles import Role
from graph.model.together import HUB, Bond, Connection
from graph.services.connections import show_connection
from graph.services.handles import handle_of
from graph.services.together import show_together
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
    given_run,
    given_service,
    given_session,
    given_shield,
    values,
)

TODAY = clock.day_in_england(clock.now())
LEAD: dict[str, Any] = {"username": "grace", "name": "Grace Field", "role": Role.SAFEGUARDING_LEAD}
MANAGER: dict[str, Any] = {"username": "omar", "name": "Omar Said", "role": Role.DATA_MANAGER}


@pytest.fixture
def area(db: Database) -> Database:
    """An area with a school, a practice, a home, and services of several kinds."""
    given_run(db)
    given_area(db)
    given_service(db)
    given_service(db, service_id=PRACTICE, name="Surgery", kind="gp_practice")
    for service_id, kind in (
        ("care", "social_care"),
        ("charity", "voluntary"),
        ("youth", "youth_justice"),
        ("clinic", "mental_health"),
    ):
        given_service(db, service_id=service_id, name=service_id.title(), kind=kind, organisation=service_id)
    given_address(db)
    return db


def child(db: Database, forename: str, *, family_name: str = "Costa", **more: Any) -> str:
    """A child of the area whose id is made of the name."""
    made = given_child(db, child_id=f"{forename.upper():0<10}"[:10], forename=forename, family_name=family_name, **more)
    given_carer(db, child_id=made, forename=f"Carer{forename}", family_name=family_name)
    return made


def connection(db: Database, token: str, one: str, other: str, *, hubs: bool = False) -> Connection:
    """How two children are connected."""
    pair = handle_of(token, one), handle_of(token, other)
    return show_connection(db, token, pair, reason="safeguarding", case_reference="", hubs=hubs)


def through(shown: Connection) -> list[list[str]]:
    """What each way goes through."""
    return [[stop.words for stop in way.stops[1:-1]] for way in shown.ways]


def refs(db: Database, action: str) -> list[tuple[str, list[str]]]:
    """The decisions and children of the events of an action."""
    text = "MATCH (e:AuditEvent {action: $action}) RETURN e.decision, e.child_refs ORDER BY e.seq"
    return [(row[0], row[1]) for row in values(db, text, action=action)]


def test_a_table_has_every_service_that_may_be_seen_once_for_all_children(area: Database):
    ana, bo = child(area, "Ana"), child(area, "Bo")
    for each in (ana, bo):
        given_fact(area, child_id=each, type="ATTENDS", target=SCHOOL)
        given_involvement(area, child_id=each, service_id="clinic", forename="X", since=TODAY)
    given_involvement(area, child_id=ana, service_id="care", forename="Ana", since=TODAY - timedelta(days=9))
    given_involvement(
        area, child_id=bo, service_id="care", forename="Bo", until=TODAY, since=TODAY - timedelta(days=90)
    )
    given_involvement(area, child_id=bo, service_id="youth", forename="Bo")
    token = given_session(area, **LEAD)
    handles = [handle_of(token, bo), handle_of(token, ana)]

    shown = show_together(area, token, handles, reason="safeguarding", case_reference="")

    assert [each.name for each in shown.children] == ["Ana Costa", "Bo Costa"]
    told = {line.name: [cell and cell.standing.value for cell in line.cells] for line in shown.lines}
    assert told == {"Hillbrook Primary School": ["current", "current"], "Care": ["current", "ended"]}
    assert [(line.name, line.number, line.shared) for line in shown.lines] == [
        ("Hillbrook Primary School", 2, True),
        ("Care", 1, True),
    ]
    assert refs(area, "area.together") == [("allowed", [ana, bo])]
    manager = given_session(area, **MANAGER)
    handles = [handle_of(manager, bo), handle_of(manager, ana)]
    seen = show_together(area, manager, handles, reason="safeguarding", case_reference="")
    assert "Clinic" in {line.name for line in seen.lines}


def test_two_to_eight_children_are_shown_and_no_stranger(area: Database):
    token = given_session(area, **LEAD)
    ana = child(area, "Ana")
    for handles in ([handle_of(token, ana)], [handle_of(token, ana)] * 2, [f"{number:032x}" for number in range(9)]):
        with pytest.raises(Refused, match="2 to 8"):
            show_together(area, token, handles, reason="safeguarding", case_reference="")
    for stranger in ("0" * 32, "nonsense", handle_of("another session", ana)):
        with pytest.raises(NotFound):
            show_together(area, token, [handle_of(token, ana), stranger], reason="safeguarding", case_reference="")
    assert refs(area, "area.together")[-1][0] == "denied"


def test_each_kind_of_bond_connects_two_children(area: Database):
    given_practitioner(area, practitioner_id="p1", name="Priya Nair")
    token = given_session(area, **LEAD)
    made = {}
    for name in ("Ana", "Bo"):
        made[name] = child(area, name)
        given_fact(area, child_id=made[name], type="LIVES_AT", target="address-1", since=TODAY - timedelta(days=5))
    for name, service_id in (("Cy", "care"), ("Di", "charity")):
        made[name] = child(area, name)
        given_involvement(
            area, child_id=made[name], service_id=service_id, practitioner_id="p1", role="key worker", forename=name
        )
    for name in ("Ed", "Fi"):
        made[name] = child(area, name)
    mother = given_carer(area, child_id=made["Ed"], forename="Mum")
    given_fact(area, child_id=made["Fi"], type="CARED_FOR_BY", target=mother, relationship="mother")

    homes = connection(area, token, made["Ana"], made["Bo"])
    people = connection(area, token, made["Cy"], made["Di"])
    carers = connection(area, token, made["Ed"], made["Fi"])

    assert through(homes) == [["the same home"]]
    assert homes.ways[0].hops[0].since == TODAY - timedelta(days=5)
    assert homes.ways[0].hops[0].sources
    assert through(people) == [["Priya Nair"]]
    assert (people.ways[0].hops[0].bond, people.ways[0].hops[0].detail) == (Bond.SEEN_BY, "key worker")
    assert through(carers) == [["Mum Costa"]]
    assert not connection(area, token, made["Ana"], made["Cy"]).ways
    assert refs(area, "area.connection")[0] == ("allowed", [made["Ana"], made["Bo"]])


def test_a_way_of_four_steps_goes_through_a_child_who_is_written_down(area: Database):
    token = given_session(area, **LEAD)
    ana, bo, cy = child(area, "Ana"), child(area, "Bo"), child(area, "Cy")
    for each, service_id in ((ana, "care"), (bo, "care"), (bo, "charity"), (cy, "charity")):
        given_involvement(area, child_id=each, service_id=service_id, forename="X")

    shown = connection(area, token, ana, cy)

    assert through(shown) == [["Care", "Bo Costa", "Charity"]]
    between = shown.ways[0].stops[2].child
    assert between is not None
    assert between.carers == ("CarerBo Costa",)
    assert refs(area, "area.connection") == [("allowed", [ana, cy, bo])]


def test_a_mother_who_is_a_child_is_one_step_away(area: Database):
    token = given_session(area, **LEAD)
    keira, alfie, bo = child(area, "Keira"), child(area, "Alfie"), child(area, "Bo")
    given_fact(area, child_id=alfie, type="CARED_FOR_BY", target=keira, relationship="mother")
    for each in (keira, bo):
        given_involvement(area, child_id=each, service_id="care", forename="X")

    assert through(connection(area, token, alfie, keira)) == [[]]
    assert through(connection(area, token, keira, alfie)) == [[]]
    assert through(connection(area, token, alfie, bo)) == [["Keira Costa", "Care"]]
    assert through(connection(area, token, bo, alfie)) == [["Care", "Keira Costa"]]


@pytest.mark.parametrize("way", ["shield", "sensitive", "need to know", "ended", "family", "grown up", "unpublished"])
def test_what_may_not_be_seen_is_on_no_way(area: Database, way: str):
    token = given_session(area, **LEAD)
    ana, cy = child(area, "Ana"), child(area, "Cy")
    bare = repr(connection(area, token, ana, cy))
    born = TODAY - timedelta(days=19 * 366) if way == "grown up" else TODAY - timedelta(days=3000)
    run = 2 if way == "unpublished" else 1
    given_run(area, run=run, publish=run == 1)
    bo = child(area, "Bo", date_of_birth=born)
    if way == "family":
        given_carer(area, child_id=bo, forename="Grace", family_name="Field")
    first = {"sensitive": "clinic", "need to know": "youth"}.get(way, "care")
    for each, service_id in ((ana, first), (bo, first), (bo, "charity"), (cy, "charity")):
        until = TODAY if way == "ended" and each == ana else None
        given_involvement(area, child_id=each, service_id=service_id, forename="X", until=until, run=run)
    if way == "shield":
        assert through(connection(area, token, ana, cy))
        given_shield(area, child_id=bo)

    shown = connection(area, token, ana, cy)

    assert not shown.ways
    assert repr(shown) == bare
    assert all(bo not in children for _, children in refs(area, "area.connection")[1:][-1:])


def test_a_shielded_end_is_not_there_but_for_who_manages_it(area: Database):
    token, manager = given_session(area, **LEAD), given_session(area, **MANAGER)
    ana, bo = child(area, "Ana"), child(area, "Bo")
    for each in (ana, bo):
        given_involvement(area, child_id=each, service_id="care", forename="X")
    given_shield(area, child_id=bo)

    with pytest.raises(NotFound):
        connection(area, token, ana, bo)
    with pytest.raises(NotFound):
        connection(area, token, ana, "N0B0DY0000")

    assert through(connection(area, manager, ana, bo)) == [["Care"]]
    assert [decision for decision, _ in refs(area, "area.connection")].count("denied") == 2


def test_hubs_are_left_aside_and_counted_unless_both_share_one(area: Database):
    token = given_session(area, **LEAD)
    ana, bo, cy = child(area, "Ana"), child(area, "Bo"), child(area, "Cy")
    for each in (ana, bo):
        given_fact(area, child_id=each, type="ATTENDS", target=SCHOOL)
    for each in (bo, cy):
        given_fact(area, child_id=each, type="REGISTERED_WITH", target=PRACTICE)

    aside = connection(area, token, ana, bo)
    assert (aside.ways, aside.aside) == ((), 2)
    assert through(connection(area, token, ana, bo, hubs=True)) == [["Hillbrook Primary School"]]
    # Nobody is listed by way of a school, even where hubs count.
    assert not connection(area, token, ana, cy, hubs=True).ways


def test_a_service_of_many_children_is_a_hub_and_a_shielded_one_does_not_make_it_so(area: Database):
    token = given_session(area, **LEAD)
    ana, bo = child(area, "Ana"), child(area, "Bo")
    for each in (ana, bo):
        given_involvement(area, child_id=each, service_id="care", forename="X")
    for number in range(HUB - 2):
        more = given_child(area, child_id=f"M0RE{number:06}", forename="More")
        given_fact(area, child_id=more, type="INVOLVES", target="care", involvement="x")
    hidden = given_child(area, child_id="HIDDEN0000", forename="Hidden")
    given_fact(area, child_id=hidden, type="INVOLVES", target="care", involvement="y")
    given_shield(area, child_id=hidden)
    assert through(connection(area, token, ana, bo)) == [["Care"]]

    last = given_child(area, child_id="LAST000000", forename="Last")
    given_fact(area, child_id=last, type="INVOLVES", target="care", involvement="z")

    shown = connection(area, token, ana, bo)
    assert (shown.ways, shown.aside) == ((), 1)
    assert through(connection(area, token, ana, bo, hubs=True)) == [["Care"]]


@pytest.mark.parametrize("service_id", ["care", "clinic", "youth"])
def test_what_is_hidden_makes_no_practitioner_a_hub(area: Database, service_id: str):
    token = given_session(area, **LEAD)
    given_practitioner(area, practitioner_id="p1", name="Priya Nair")
    ana, bo = child(area, "Ana"), child(area, "Bo")
    for each, at in ((ana, "care"), (bo, "charity")):
        given_involvement(area, child_id=each, service_id=at, practitioner_id="p1", forename="X")
    for number in range(HUB):
        more = given_child(area, child_id=f"M0RE{number:06}", forename="More")
        said = {"child_id": more, "source": "involvements", "supplier": "northshire", "involvement": f"m{number}"}
        given_fact(area, type="INVOLVES", target=service_id, **said)
        given_fact(area, type="SEEN_BY", target="p1", **said)

    shown = connection(area, token, ana, bo)

    # A lead who is not statutory is named neither a youth justice team nor a clinic. Care itself is a hub as well.
    assert (through(shown), shown.aside) == (([], 2) if service_id == "care" else ([["Priya Nair"]], 0))


def test_another_role_is_refused_and_written_down(area: Database):
    ana, bo = child(area, "Ana"), child(area, "Bo")
    token = given_session(area, statutory=True, authority=AREA)

    with pytest.raises(Refused):
        connection(area, token, ana, bo)
    with pytest.raises(Refused):
        show_together(
            area, token, [handle_of(token, ana), handle_of(token, bo)], reason="safeguarding", case_reference=""
        )

    assert refs(area, "area.connection") == [("denied", [])]
    assert refs(area, "area.together") == [("denied", [])]
