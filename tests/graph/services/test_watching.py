"""Alerts on the real graph: seeded looks are noticed, ordinary work is not, and each alert is somebody's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from graph.model import clock
from graph.model.circle import Depth
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.roles import Role
from graph.model.watching import BURST, CROWD, MISSES, STRANGERS, AlertLine, Outcome, Signal, State
from graph.services import access, audit, carry, search, watching
from graph.services.disclosure import show_child
from graph.services.guessing import Whence
from graph.services.handles import handle_of
from graph.services.search import Clues
from graph.store import Database
from tests.builders import (
    SCHOOL,
    _run,
    given_address,
    given_carer,
    given_child,
    given_fact,
    given_post,
    given_practitioner,
    given_run,
    given_service,
    given_session,
    given_user,
    values,
)

ELSEWHERE = "E06000901"


@pytest.fixture
def ana(db: Database) -> str:
    """Ana, a pupil of Hillbrook, in Northshire."""
    given_run(db)
    given_service(db, service_id=SCHOOL, name="Hillbrook", kind="school", organisation="Hillbrook")
    made = given_child(db)
    given_carer(db, child_id=made, forename="Maria", family_name="Costa")
    given_fact(db, child_id=made, type="ATTENDS", target=SCHOOL)
    given_fact(db, child_id=made, type="LIVES_AT", target=given_address(db, postcode="NS1 2AB"))
    return made


def look(db: Database, token: str, child_id: str) -> None:
    """Opens the child's page."""
    show_child(db, token, handle_of(token, child_id), reason="wellbeing", case_reference="", depth=Depth.SIGNPOST)


def alerts(db: Database, auditor: str) -> list[AlertLine]:
    """What waits."""
    return list(watching.list_alerts(db, auditor).lines)


def test_ordinary_work_makes_no_alert(db: Database, ana: str):
    given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None)
    teacher = given_session(db, service_id=SCHOOL, authority=ELSEWHERE)
    lead = given_session(db, username="grace", name="Grace Field", role=Role.SAFEGUARDING_LEAD, organisation="Council")
    for token in (teacher, lead):
        look(db, token, ana)

    found = watching.look_through(db)

    assert (found.events, found.made, found.open) == (2, 0, 0)


@pytest.mark.parametrize(("failures", "alerted"), [(29, False), (35, True)])
def test_guessing_at_many_accounts_is_somebodys_to_ask_about(db: Database, *, failures: int, alerted: bool):
    auditor = given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None)
    for number in range(failures):
        with pytest.raises(Refused):
            access.sign_in(db, username=f"user{number}", password="a guess", code="000000", whence=Whence("192.0.2.7"))

    watching.look_through(db)
    again = watching.look_through(db)

    found = [(one.signal, one.user, one.child_number, one.owner, one.mine) for one in alerts(db, auditor)]
    assert found == ([(Signal.GUESSING, "Nobody who signed in", None, "Ida Stone", True)] if alerted else [])
    assert (again.made, again.unowned) == (0, 0)


def test_who_mistypes_is_no_question(db: Database):
    given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None)
    user = given_user(db, username="teacher")
    for _ in range(5):
        with pytest.raises(Refused):
            access.sign_in(db, username=user.username, password="a guess", code="000000", whence=Whence("192.0.2.7"))

    assert watching.look_through(db).open == 0


def its_mother(db: Database, _ana: str) -> str:
    return given_session(db, name="Maria Costa", service_id=SCHOOL)


def its_former_carer(db: Database, ana: str) -> str:
    given_carer(db, child_id=ana, forename="Rui", relationship="father")
    carer = "MATCH (said:Record {forename: 'Rui'})-[link:IDENTIFIES]->(:Carer)<-[cares:CARED_FOR_BY]-()"
    _run(db, f"{carer} SET said.ended_run = 1, link.ended_run = 1, cares.ended_run = 1")
    return given_session(db, name="Rui Costa", service_id=SCHOOL)


def a_neighbour(db: Database, _ana: str) -> str:
    token = given_session(db)
    watching.save_home(db, username="dawn", postcode="NS1 2AZ", by="os:test")
    return token


def of_the_household(db: Database, _ana: str) -> str:
    token = given_session(db, service_id=SCHOOL)
    watching.save_home(db, username="dawn", postcode="ns12ab", by="os:test")
    return token


def a_colleague_of_the_mother(db: Database, _ana: str) -> str:
    given_session(db, username="maria", name="Maria Costa")
    return given_session(db)


def a_stranger(db: Database, _ana: str) -> str:
    return given_session(db, authority=ELSEWHERE)


def a_leaver(db: Database, _ana: str) -> str:
    given_practitioner(db, practitioner_id="hillbrook:T1")
    gone = clock.day_in_england(clock.now()) - timedelta(days=30)
    given_post(db, practitioner_id="hillbrook:T1", service_id=SCHOOL, until=gone)
    return given_session(db, service_id=SCHOOL, practitioner_id="hillbrook:T1")


def at_a_canary(db: Database, ana: str) -> str:
    watching.save_canary(db, child_id=ana, by="os:test")
    return given_session(db, service_id=SCHOOL)


@pytest.mark.parametrize(
    ("looker", "signal"),
    [
        (its_mother, Signal.OWN_FAMILY),
        (its_former_carer, Signal.OWN_FAMILY),
        (a_neighbour, Signal.NEIGHBOUR),
        (of_the_household, Signal.HOUSEHOLD),
        (a_colleague_of_the_mother, Signal.COLLEAGUE),
        (a_stranger, Signal.NO_PATH),
        (a_leaver, Signal.LEAVER),
        (at_a_canary, Signal.CANARY),
    ],
)
def test_each_misuse_is_noticed_and_owned(
    db: Database, ana: str, looker: Callable[[Database, str], str], signal: Signal
):
    ida = given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None, organisation="Audit")
    look(db, looker(db, ana), ana)

    found = watching.look_through(db)

    assert (found.made, found.open, found.unowned) == (1, 1, 0)
    (line,) = alerts(db, ida)
    assert (line.signal, line.child_number, line.mine, line.times) == (signal, ana, True, 1)
    assert line.due_on == clock.day_in_england(clock.now()) + timedelta(days=signal.days)
    assert watching.look_through(db).made == 0


@pytest.mark.parametrize(
    ("user", "mother", "noticed"),
    [
        ({"service_id": "practice"}, {"service_id": "practice"}, True),
        ({"service_id": "practice"}, {"service_id": "dentist"}, False),
        ({"service_id": "practice"}, {}, False),
        ({}, {"service_id": "practice"}, False),
        ({}, {}, True),
        ({"organisation": "Another"}, {}, False),
    ],
)
def test_a_colleague_is_of_the_service_or_of_the_organisation_where_neither_has_one(
    db: Database, ana: str, user: dict[str, str], mother: dict[str, str], noticed: bool
):
    given_session(db, username="maria", name="Maria Costa", **mother)
    look(db, given_session(db, **user), ana)

    watching.look_through(db)

    rows = db.read(watching.LIST_ALERTS, state=State.OPEN.value, skip=0, limit=9)
    assert (Signal.COLLEAGUE in {row.signal for row in rows}) is noticed


@pytest.mark.parametrize(
    ("postcode", "noticed"), [("NS1 2AZ", True), ("NS7 7AA", True), ("NS8 8AA", True), ("NS9 9AA", False)]
)
def test_a_colleague_lives_where_the_child_or_a_carer_lives_or_lived(
    db: Database, ana: str, postcode: str, noticed: bool
):
    given_address(db, address_id="before", postcode="NS7 7AB")
    given_fact(db, child_id=ana, type="LIVES_AT", target="before", ended_run=1)
    given_address(db, address_id="father", postcode="NS8 8AB")
    given_carer(db, child_id=ana, forename="Rui", relationship="father", address_id="father")
    token = a_colleague_of_the_mother(db, ana)
    watching.save_home(db, username="maria", postcode=postcode, by="os:test")
    look(db, token, ana)

    watching.look_through(db)

    rows = db.read(watching.LIST_ALERTS, state=State.OPEN.value, skip=0, limit=9)
    assert [row.signal for row in rows] == [Signal.COLLEAGUE] * noticed


def test_a_pace_that_nobody_at_work_keeps_is_noticed(db: Database, ana: str):
    ida = given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None, organisation="Audit")
    lead = given_session(db, role=Role.SAFEGUARDING_LEAD, organisation="Council")
    for number in range(BURST):
        look(db, lead, given_child(db, forename=f"Child{number}", family_name="Smith"))
    for number in range(MISSES):
        search.find_children(db, lead, Clues(name=f"Zzyx{number} Qwv", date_of_birth=date(2015, 1, 2)))

    watching.look_through(db)

    assert {line.signal for line in alerts(db, ida)} == {Signal.BURST, Signal.ENUMERATION}
    assert {line.child_number for line in alerts(db, ida)} == {None}


def test_many_children_whom_only_the_area_ties_are_noticed_and_the_own_pupils_are_not(
    db: Database, ana: str, monkeypatch: pytest.MonkeyPatch
):
    now = [clock.now().replace(hour=10)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    teacher = given_session(db, service_id=SCHOOL)
    pupils = [given_child(db, forename=f"Pupil{number}", family_name="Smith") for number in range(STRANGERS)]
    others = [given_child(db, forename=f"Other{number}", family_name="Smith") for number in range(STRANGERS)]
    for child in pupils:
        given_fact(db, child_id=child, type="ATTENDS", target=SCHOOL)

    def signals_after(children: list[str]) -> set[Signal]:
        for child in children:
            now[0] += timedelta(minutes=10)
            look(db, teacher, child)
        watching.look_through(db)
        rows = db.read(watching.LIST_ALERTS, state=State.OPEN.value, skip=0, limit=9)
        return {Signal(row.signal) for row in rows}

    assert signals_after(pupils) == set()
    assert signals_after(others[:-1]) == set()
    assert signals_after(others[-1:]) == {Signal.STRANGERS}


def test_a_crowd_is_noticed_and_those_who_work_for_the_child_are_no_part_of_it(db: Database, ana: str):
    given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None, organisation="Audit")
    # Of one organisation nobody else, or a carer's name may be a colleague's.
    people = [given_session(db, username=f"u{at}", name=f"User {at}", organisation=f"O{at}") for at in range(CROWD)]
    teacher = given_session(db, service_id=SCHOOL)
    for token in [teacher, *people[:-1]]:
        look(db, token, ana)
    assert watching.look_through(db).made == 0

    look(db, people[-1], ana)

    assert watching.look_through(db).made == CROWD
    rows = db.read(watching.LIST_ALERTS, state=State.OPEN.value, skip=0, limit=20)
    assert {(row.signal, row.name, row.child_id) for row in rows} == {
        (Signal.CROWD, f"User {at}", ana) for at in range(CROWD)
    }


def test_a_look_that_was_refused_is_noticed_as_well(db: Database, ana: str):
    ida = given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None, organisation="Audit")
    watching.save_canary(db, child_id=ana, by="os:test")
    operator = given_session(db, role=Role.OPERATOR)
    with pytest.raises(NotFound):
        look(db, operator, ana)

    watching.look_through(db)

    assert Signal.CANARY in {line.signal for line in alerts(db, ida)}


@pytest.mark.parametrize("action", ["pack.open", "shield.open", "stay.open", "child.walk"])
def test_every_page_about_a_child_is_watched(db: Database, ana: str, action: str):
    watching.save_canary(db, child_id=ana, by="os:test")
    given_user(db, username="omar", name="Omar Haddad", role=Role.DATA_MANAGER)
    ((user_id,),) = values(db, "MATCH (user:User {username: 'omar'}) RETURN user.user_id")
    event = replace(audit.new_event(str(user_id), action), child_refs=(ana,))
    db.transact(lambda tx: audit.append(tx, event))

    watching.look_through(db)

    rows = db.read(watching.LIST_ALERTS, state=State.OPEN.value, skip=0, limit=9)
    assert [row.signal for row in rows] == [Signal.CANARY]


def test_looking_again_the_same_day_counts_and_makes_no_second_alert(db: Database, ana: str):
    ida = given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None, organisation="Audit")
    mother = its_mother(db, ana)
    look(db, mother, ana)
    watching.look_through(db)
    look(db, mother, ana)

    assert watching.look_through(db).made == 0

    (line,) = alerts(db, ida)
    assert line.times == 2


def test_without_an_auditor_alerts_are_nobodys_and_that_is_said(db: Database, ana: str):
    look(db, its_mother(db, ana), ana)

    assert watching.look_through(db).unowned == 1

    ida = given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None)
    (line,) = alerts(db, ida)
    assert line.owner is None
    watching.own(db, ida, line.alert_id)
    assert watching.show_alert(db, ida, line.alert_id).mine


def test_an_alert_ends_with_an_outcome_of_the_list_and_never_by_whom_it_is_about(db: Database, ana: str):
    ida = given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None, organisation="Audit")
    look(db, its_mother(db, ana), ana)
    watching.look_through(db)
    (line,) = alerts(db, ida)

    with pytest.raises(Refused, match="from the list"):
        watching.settle(db, ida, line.alert_id, "nothing to see")
    watching.settle(db, ida, line.alert_id, "chance")

    assert alerts(db, ida) == []
    (settled,) = watching.list_alerts(db, ida, settled=True).lines
    assert (settled.state, settled.outcome) == (State.SETTLED, Outcome.CHANCE)
    with pytest.raises(Conflict, match="settled already"):
        watching.settle(db, ida, line.alert_id, "work")
    with pytest.raises(NotFound):
        watching.show_alert(db, ida, "0" * 24)


def test_only_auditors_look_at_alerts(db: Database, ana: str):
    for number, role in enumerate(role for role in Role if role is not Role.AUDITOR):
        token = given_session(db, username=f"other{number}", role=role)
        with pytest.raises(Refused):
            watching.list_alerts(db, token)


def test_a_home_is_kept_as_hashes_and_never_as_a_postcode(db: Database, ana: str):
    made = given_user(db, username="jo", name="Jo Bell")

    watching.save_home(db, username=made.username, postcode="NS1 2AB", by="os:test")

    kept = [said["home_keys"] for _, _, said in db.stream(carry.LIST_CARRIED) if said.get("home_keys")]
    assert [len(homes) for homes in kept] == [2]
    assert "NS1" not in str(kept)
    assert watching.keyed("NS12AB") != watching.keyed("NS1 2A")
    with pytest.raises(NotFound):
        watching.save_home(db, username="nobody", postcode="NS1 2AB", by="os:test")
    with pytest.raises(Refused, match="no postcode"):
        watching.save_home(db, username="jo", postcode="NS1", by="os:test")
