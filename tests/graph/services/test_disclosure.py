"""Tests for graph.services.disclosure: what leaves, for whom, and never without its event."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from graph.model import clock
from graph.model.circle import Act, CarerCard, ChildPage, Depth, Home, News, SearchResult, Standing
from graph.model.errors import NotFound, Refused, SignpostError
from graph.model.filter import Filter, Show
from graph.model.kinds import Domain
from graph.model.reasons import reason_coded
from graph.model.roles import Role
from graph.model.summary import SHIELDED
from graph.services import access, audit
from graph.services.circle import FAMILY, NEUTRAL, SHELTERED
from graph.services.disclosure import Denied, Told, disclose, show_child
from graph.services.handles import child_of, handle_of
from graph.services.loads import STOP_FEED
from graph.services.search import Clues, find_children
from graph.store import Database
from tests.builders import (
    AREA,
    PRACTICE,
    SCHOOL,
    _run,
    count,
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

BORN = date(2017, 6, 4)
TODAY = clock.day_in_england(clock.now())
ANYBODY = frozenset(Role)
SOCIAL_CARE = "northshire:SC1"
YOUTH_JUSTICE = "northshire:YJ1"
CAMHS = "northshire:MH1"
DATA_MANAGER: dict[str, Any] = {"role": Role.DATA_MANAGER, "organisation": "Northshire Council"}
SOCIAL_WORKER: dict[str, Any] = {"statutory": True, "organisation": "Northshire Council"}
LEAD: dict[str, Any] = {"role": Role.SAFEGUARDING_LEAD}


def given_ana(db: Database, **more: Any) -> str:
    """Ana with a mother at home, a school, a practice and a social worker."""
    given_run(db, run=1)
    given_run(db, run=2, feed="school_census", supplier="DfE", title="School census", national=True, every_days=120)
    given_run(db, run=3, feed="involvements", supplier="northshire", title="Northshire", national=False)
    given_area(db)
    given_service(db, service_id=SCHOOL, telephone="01632 960118")
    given_service(db, service_id=PRACTICE, name="Station Road Surgery", kind="gp_practice")
    given_service(
        db, service_id=SOCIAL_CARE, name="Children’s social care", kind="social_care", organisation="Northshire"
    )
    given_service(db, service_id=YOUTH_JUSTICE, name="Youth justice team", kind="youth_justice")
    given_service(db, service_id=CAMHS, name="Young minds clinic", kind="mental_health")
    given_practitioner(db, practitioner_id="northshire:P1", name="Priya Nair", telephone="01632 960404")
    ana = given_child(db, **more)
    home = given_address(db)
    given_fact(db, child_id=ana, type="LIVES_AT", target=home, since=date(2021, 2, 1))
    given_carer(db, child_id=ana, address_id=home, telephone="07700 900142", since=BORN)
    census = given_record(
        db, child_id=ana, source="school_census", supplier="DfE", run=2, forename="Anna", family_name="Costa"
    )
    given_fact(
        db,
        child_id=ana,
        type="ATTENDS",
        target=SCHOOL,
        source="school_census",
        supplier="DfE",
        record=census,
        run=2,
        since=date(2023, 9, 1),
    )
    given_fact(db, child_id=ana, type="REGISTERED_WITH", target=PRACTICE, since=date(2021, 2, 1))
    given_involvement(
        db,
        child_id=ana,
        service_id=SOCIAL_CARE,
        practitioner_id="northshire:P1",
        lead=True,
        role="social worker",
        since=date(2026, 5, 1),
        run=3,
        forename="Ana",
        family_name="Costa",
    )
    return ana


def see(
    db: Database, token: str, child: str, *, depth: Depth = Depth.CIRCLE, chosen: Filter | None = None
) -> ChildPage:
    handle = handle_of(token, child)
    return show_child(db, token, handle, reason="wellbeing", case_reference="AB12", depth=depth, chosen=chosen)


def find(db: Database, token: str, name: str = "ana costa", born: date = BORN) -> SearchResult:
    return find_children(db, token, Clues(name=name, date_of_birth=born))


def events(db: Database, action: str = "child") -> list[dict[str, Any]]:
    rows = values(
        db,
        "MATCH (event:AuditEvent) WHERE event.action STARTS WITH $action RETURN event.content ORDER BY event.at",
        action=action,
    )
    return [json.loads(content) for (content,) in rows]


# The page


def test_someone_involved_has_the_whole_circle_at_once(db: Database) -> None:
    ana = given_ana(db)
    token = given_session(db, service_id=SCHOOL)

    page = see(db, token, ana, depth=Depth.SIGNPOST)

    assert (page.depth, page.may_open_circle) == (Depth.CIRCLE, False)
    assert (page.name, page.age, page.sex, page.child_number, page.authority) == (
        "Ana Costa",
        9,
        "female",
        ana,
        "Northshire",
    )
    assert page.home == Home("14 Larch Road, Eastway, NS1 2AB", date(2021, 2, 1), "Northshire")
    assert [(card.name, card.kind, card.you, card.lead) for card in page.services] == [
        ("Hillbrook Primary School", "school", True, False),
        ("Station Road Surgery", "gp_practice", False, False),
        ("Children’s social care", "social_care", False, True),
    ]
    mother = page.carers[0]
    assert (mother.name, mother.relationship, mother.parental_responsibility) == ("Maria Costa", "mother", True)
    assert (mother.lives_with_child, mother.telephone, mother.since) == (True, "07700 900142", BORN)
    assert page.lead is not None
    assert (page.lead.practitioner, page.lead.role) == ("Priya Nair", "social worker")
    assert page.lead.practitioner_contact.telephone == "01632 960404"
    assert page.summary == (
        "Ana lives with 1 carer, goes to 1 school, is registered with 1 GP practice "
        "and has 1 other service from 1 agency involved. Priya Nair is the lead professional."
    )
    assert {absence.domain: absence.sentence for absence in page.absences} == {
        Domain.JUSTICE: NEUTRAL,
        Domain.VOLUNTARY: "None recorded in the last 12 months.",
    }


def test_everyone_else_has_the_signpost_and_the_circle_by_a_second_step(db: Database) -> None:
    ana = given_ana(db)
    token = given_session(db)

    first, second = see(db, token, ana, depth=Depth.SIGNPOST), see(db, token, ana, depth=Depth.CIRCLE)

    assert (first.depth, first.may_open_circle, first.carers, first.home) == (Depth.SIGNPOST, True, (), None)
    assert first.services == second.services
    assert first.lead is not None
    assert (second.depth, second.may_open_circle, len(second.carers)) == (Depth.CIRCLE, False, 1)
    assert [(event["action"], event["rule"]) for event in events(db)] == [
        ("child.signpost", "signpost: by a second step"),
        ("child.circle", "circle: by a second step"),
    ]


@pytest.mark.parametrize(
    ("user", "at_once"),
    [
        ({}, False),
        (LEAD, True),
        (SOCIAL_WORKER, True),
        (DATA_MANAGER, True),
        (LEAD | {"authority": "E06000999"}, False),
        (SOCIAL_WORKER | {"authority": "E06000999"}, False),
        ({"practitioner_id": "northshire:P1", "authority": None}, True),
    ],
)
def test_who_has_the_circle_at_once(db: Database, user: dict[str, Any], at_once: bool) -> None:
    ana = given_ana(db)

    page = see(db, given_session(db, **user), ana, depth=Depth.SIGNPOST)

    assert (page.depth is Depth.CIRCLE) is at_once


def test_the_event_lists_exactly_what_is_shown(db: Database) -> None:
    ana = given_ana(db)
    token = given_session(db, service_id=SCHOOL)

    see(db, token, ana)

    (event,) = events(db)
    shown = values(
        db, "MATCH (:Child)-[fact]->() WHERE type(fact) <> 'SEEN_BY' RETURN fact.fact_id ORDER BY fact.fact_id"
    )
    assert event["facts"] == [fact_id for (fact_id,) in shown]
    assert event["child_refs"] == [ana]
    assert (event["purpose"], event["case_reference"], event["decision"]) == ("wellbeing", "AB12", "allowed")
    assert event["fields"] == [
        "authority",
        "carers",
        "child_number",
        "date_of_birth",
        "home",
        "lead",
        "name",
        "services",
        "sex",
    ]
    assert audit.verify_log(db) == []


def test_without_its_event_nothing_is_shown(db: Database) -> None:
    ana = given_ana(db)
    token = given_session(db)
    # The place of the first event is taken in every chain: whoever asks, the event cannot be written.
    _run(db, "UNWIND range(0, 15) AS shard CREATE (:AuditEvent {key: shard + ':1', op_id: randomUUID()})")

    with pytest.raises(SignpostError):
        see(db, token, ana)
    with pytest.raises(SignpostError):
        find(db, token)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_roles_that_never_see_a_child_are_refused_and_recorded(db: Database, role: Role) -> None:
    ana = given_ana(db)
    token = given_session(db, role=role, statutory=True)

    with pytest.raises(Refused, match="role does not"):
        find(db, token)
    with pytest.raises(NotFound):
        see(db, token, ana)

    assert [(event["decision"], event["count"], event["facts"]) for event in events(db)] == [("denied", 0, [])] * 2


def test_what_is_not_to_be_found_all_looks_alike(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = given_ana(db)
    grown_up = given_child(db, date_of_birth=date(TODAY.year - 18, TODAY.month, TODAY.day))
    other, token = given_session(db, username="other"), given_session(db)
    handles = [handle_of(token, "0000000000"), handle_of(other, ana), handle_of(token, grown_up), "", "x" * 32, ana]

    said = []
    for handle in handles:
        with pytest.raises(NotFound) as refused:
            show_child(db, token, handle, reason="wellbeing", case_reference="", depth=Depth.SIGNPOST)
        said.append(str(refused.value))

    assert len(set(said)) == 1
    assert [event["decision"] for event in events(db)] == ["denied"] * len(handles)


@pytest.mark.parametrize(
    ("role", "shielded", "leads_on"),
    [(Role.PRACTITIONER, False, True), (Role.PRACTITIONER, True, False), (Role.OPERATOR, False, False)],
)
def test_an_entry_that_was_joined_leads_on_to_whom_nothing_hides_for_who_may_see_children(
    db: Database, role: Role, shielded: bool, leads_on: bool
) -> None:
    before, now = given_ana(db), given_child(db)
    if shielded:
        given_shield(db, child_id=now)
    _run(
        db,
        """
        MATCH (:Child {child_id: $before})<-[identifies:IDENTIFIES]-(record), (now:Child {child_id: $now})
        SET identifies.ended_run = 2 CREATE (record)-[:IDENTIFIES {run: 2}]->(now)
        """,
        before=before,
        now=now,
    )
    token = given_session(db, role=role)

    with pytest.raises(NotFound, match="joined with another" if leads_on else "No child is found"):
        see(db, token, before)

    (event,) = events(db)
    assert (event["decision"], event["child_refs"], event["facts"]) == ("denied", [before], [])


@pytest.mark.parametrize(
    ("depth", "act", "action"),
    [
        (Depth.SIGNPOST, Act.PAGE, "child.signpost"),
        (Depth.CIRCLE, Act.PAGE, "child.circle"),
        (Depth.CIRCLE, Act.TABLE, "child.table"),
    ],
)
def test_what_was_asked_for_in_vain_is_in_the_audit_as_it_was_asked(
    db: Database, depth: Depth, act: Act, action: str
) -> None:
    given_ana(db)
    token = given_session(db)
    handles = {handle_of(token, "0000000000"): ["0000000000"], "x" * 32: []}

    for handle in handles:
        with pytest.raises(NotFound):
            show_child(db, token, handle, reason="wellbeing", case_reference="", depth=depth, act=act)

    said = [(event["action"], event["decision"], event["case_reference"], event["child_refs"]) for event in events(db)]
    assert said == [(action, "denied", None, refs) for refs in handles.values()]


def test_what_needs_the_circle_is_refused_at_the_signpost_and_that_is_in_the_audit(db: Database) -> None:
    ana = given_ana(db)
    token = given_session(db)
    asked = {"reason": "wellbeing", "case_reference": "", "depth": Depth.SIGNPOST, "act": Act.DRAWING}

    with pytest.raises(Refused, match="circle"):
        show_child(db, token, handle_of(token, ana), **asked)

    (event,) = events(db)
    assert (event["action"], event["decision"], event["child_refs"]) == ("child.drawing", "denied", [ana])


def test_an_ended_session_sees_nothing(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = given_ana(db)
    token, idle = given_session(db), given_session(db, username="idle")
    access.sign_out(db, token)
    with pytest.raises(Refused, match="Sign in again"):
        see(db, token, ana)
    with pytest.raises(Refused, match="Sign in again"):
        find(db, "made up")
    later = datetime.now(UTC) + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Refused, match="Sign in again"):
        see(db, idle, ana)


def test_a_disabled_user_sees_nothing_from_that_moment(db: Database) -> None:
    ana = given_ana(db)
    token = given_session(db)
    _run(db, "MATCH (user:User) SET user.status = 'disabled'")

    with pytest.raises(Refused):
        see(db, token, ana)


def test_a_reason_and_a_case_reference_are_checked_first(db: Database) -> None:
    with pytest.raises(Refused, match="from the list"):
        show_child(db, "t", "h", reason="curious", case_reference="", depth=Depth.SIGNPOST)
    with pytest.raises(Refused, match="20 letters"):
        show_child(db, "t", "h", reason="wellbeing", case_reference="Ana Costa", depth=Depth.SIGNPOST)


# Shielded, need-to-know, sensitive


def test_a_shielded_page_shows_exactly_five_items(db: Database) -> None:
    ana = given_ana(db)
    given_shield(db, child_id=ana)
    token = given_session(db, service_id=SCHOOL, practitioner_id="northshire:P1", **SOCIAL_WORKER)

    page = see(db, token, ana)

    (mother,) = page.carers
    assert page == ChildPage(
        handle=handle_of(token, ana),
        child_number=ana,
        name="Ana Costa",
        date_of_birth=BORN,
        age=9,
        sex="female",
        shielded=True,
        depth=Depth.SIGNPOST,
        may_open_circle=False,
        reason="Concern about a child’s wellbeing",
        as_at=TODAY,
        authority=None,
        home=None,
        carers=(CarerCard(mother.key, "Maria Costa", "", None, None, None, None, None, Standing.CURRENT, ()),),
        services=(),
        absences=(),
        lead=None,
        sensitive_exists=None,
        summary=SHIELDED,
        show=Show.CURRENT,
        five_items=True,
    )
    assert events(db)[-1]["fields"] == ["carers", "child_number", "date_of_birth", "name", "sex"]


def test_a_data_manager_of_the_area_sees_through_the_shield(db: Database) -> None:
    ana = given_ana(db)
    given_shield(db, child_id=ana)
    local = given_session(db, **DATA_MANAGER)
    other = given_session(db, username="other", **(DATA_MANAGER | {"authority": "E06000999"}))

    assert see(db, local, ana).shielded
    assert len(see(db, local, ana).services) == 3
    assert see(db, other, ana).services == ()


def test_a_shield_that_has_ended_hides_nothing(db: Database) -> None:
    ana = given_ana(db)
    given_shield(db, child_id=ana, until=TODAY)

    assert not see(db, given_session(db), ana).shielded


@pytest.mark.parametrize("hidden", [YOUTH_JUSTICE, CAMHS, "northshire:unclassified"])
def test_a_hidden_involvement_changes_nothing_for_ordinary_users(db: Database, hidden: str) -> None:
    ana = given_ana(db)
    given_service(db, service_id="northshire:unclassified", name="New service", kind="not yet classified")
    given_practitioner(db, practitioner_id="northshire:P9", name="Sam Pryce")
    users = [
        given_session(db),
        given_session(db, username="involved", service_id=SCHOOL),
        given_session(db, username="abroad", authority="E06000999"),
    ]
    before = [(see(db, token, ana), see(db, token, ana, depth=Depth.SIGNPOST), find(db, token)) for token in users]
    home = given_address(db, address_id="address-2", line_1="2 Elsewhere")
    record = given_involvement(
        db,
        child_id=ana,
        service_id=hidden,
        practitioner_id="northshire:P9",
        lead=True,
        since=date(2026, 6, 1),
        run=3,
        forename="Anita",
        family_name="Costa",
        died_on=date(2020, 1, 1),
        left_england=True,
    )
    given_fact(
        db,
        child_id=ana,
        type="LIVES_AT",
        target=home,
        source="involvements",
        supplier="northshire",
        record=record,
        run=3,
        since=date(2026, 6, 1),
    )

    after = [(see(db, token, ana), see(db, token, ana, depth=Depth.SIGNPOST), find(db, token)) for token in users]

    assert after == before


def test_need_to_know_is_named_to_statutory_roles_and_the_lead_professional(db: Database) -> None:
    ana = given_ana(db)
    given_involvement(db, child_id=ana, service_id=YOUTH_JUSTICE, run=3)
    tokens = {
        "teacher": given_session(db, username="teacher", service_id=SCHOOL),
        "lead": given_session(db, username="lead", **LEAD),
        "statutory": given_session(db, username="statutory", **SOCIAL_WORKER),
        "professional": given_session(db, username="professional", practitioner_id="northshire:P1"),
        "manager": given_session(db, username="manager", **DATA_MANAGER),
    }

    sees = {
        who: any(card.kind == "youth_justice" for card in see(db, token, ana).services) for who, token in tokens.items()
    }

    assert sees == {"teacher": False, "lead": False, "statutory": True, "professional": True, "manager": False}


def test_that_a_sensitive_service_exists_is_told_to_those_who_may_know(db: Database) -> None:
    ana = given_ana(db)
    tokens = {
        "teacher": given_session(db, username="teacher", service_id=SCHOOL),
        "lead": given_session(db, username="lead", **LEAD),
        "statutory": given_session(db, username="statutory", **SOCIAL_WORKER),
        "manager": given_session(db, username="manager", **DATA_MANAGER),
    }
    before = {who: see(db, token, ana).sensitive_exists for who, token in tokens.items()}
    given_involvement(db, child_id=ana, service_id=CAMHS, run=3)
    pages = {who: see(db, token, ana) for who, token in tokens.items()}

    assert before == {"teacher": None, "lead": False, "statutory": False, "manager": None}
    assert {who: page.sensitive_exists for who, page in pages.items()} == {
        "teacher": None,
        "lead": True,
        "statutory": True,
        "manager": None,  # sees which
    }
    named = {who for who, page in pages.items() if any(card.kind == "mental_health" for card in page.services)}
    assert named == {"manager"}


def test_a_teacher_who_is_the_mother_has_the_signpost_only(db: Database) -> None:
    ana = given_ana(db)
    token = given_session(db, name="Maria Costa", service_id=SCHOOL)

    page = see(db, token, ana, depth=Depth.CIRCLE)

    assert (page.depth, page.may_open_circle, page.carers, page.home) == (Depth.SIGNPOST, False, (), None)
    assert page.notices == (FAMILY,)


def test_a_shielded_sister_is_not_found_through_her_brother(db: Database) -> None:
    given_run(db, run=1)
    given_area(db)
    home = given_address(db)
    given_service(db, service_id=SCHOOL)
    elsie, noah = (given_child(db, forename=name, family_name="Marlow") for name in ("Elsie", "Noah"))
    for child in (elsie, noah):
        given_fact(db, child_id=child, type="LIVES_AT", target=home, since=BORN)
        given_carer(db, child_id=child, forename="Joanna", family_name="Marlow", address_id=home)
        given_fact(db, child_id=child, type="ATTENDS", target=SCHOOL, since=BORN)
    token = given_session(db, **LEAD)
    before = see(db, token, noah)
    given_shield(db, child_id=elsie)

    after = see(db, token, noah)

    assert before.home is not None
    assert (after.home, after.services, after.notices) == (None, (), (SHELTERED,))


# Folding on the real graph


def test_two_sources_of_one_school_are_one_card(db: Database) -> None:
    ana = given_ana(db)
    given_run(db, run=4, feed="common_transfer_file", supplier="schools", as_at=date(2024, 1, 1), title="Transfer file")
    record = given_record(db, child_id=ana, source="common_transfer_file", supplier="schools", run=4)
    said: dict[str, Any] = {"source": "common_transfer_file", "supplier": "schools", "record": record, "run": 4}
    given_fact(db, child_id=ana, type="ATTENDS", target=SCHOOL, since=date(2023, 9, 4), **said)

    page = see(db, given_session(db, service_id=SCHOOL), ana)

    (school,) = [card for card in page.services if card.kind == "school"]
    assert [source.title for source in school.sources] == ["School census", "Transfer file"]
    assert (school.since, school.standing) == (date(2023, 9, 1), Standing.CURRENT)


def test_one_carer_in_two_sources_is_one_card(db: Database) -> None:
    ana = given_ana(db)
    given_run(db, run=4, feed="child_benefit", supplier="DWP", title="Child Benefit")
    given_record(db, child_id=ana, source="child_benefit", supplier="DWP", run=4)
    given_carer(
        db,
        child_id=ana,
        forename="MARIA",
        relationship="claimant",
        parental_responsibility=None,
        source="child_benefit",
        supplier="DWP",
        run=4,
    )

    (mother,) = see(db, given_session(db, service_id=SCHOOL), ana).carers

    assert (mother.name, mother.relationship, mother.parental_responsibility) == (
        "Maria Costa",
        "mother, claimant",
        True,
    )
    assert [source.title for source in mother.sources] == ["NHS patient register", "Child Benefit"]


def test_ended_and_unconfirmed_lines_are_told_apart(db: Database) -> None:
    ana = given_ana(db)
    given_run(
        db, run=4, feed="involvements", supplier="trust", as_at=TODAY - timedelta(days=200), title="Health visiting"
    )
    for service, kind in (
        ("trust:HV", "health_visiting"),
        ("northshire:EH", "early_help"),
        ("northshire:YS", "youth_service"),
    ):
        given_service(db, service_id=service, name=kind, kind=kind)
    given_involvement(db, child_id=ana, service_id="trust:HV", supplier="trust", run=4)
    given_involvement(db, child_id=ana, service_id="northshire:EH", until=TODAY - timedelta(days=30), run=3)
    given_involvement(db, child_id=ana, service_id="northshire:YS", until=TODAY - timedelta(days=400), run=3)

    page = see(db, given_session(db, service_id=SCHOOL), ana)

    assert {card.kind: card.standing for card in page.services} == {
        "school": Standing.CURRENT,
        "gp_practice": Standing.CURRENT,
        "health_visiting": Standing.UNCONFIRMED,
        "social_care": Standing.CURRENT,
        "early_help": Standing.ENDED,
    }
    assert page.summary.endswith("One involvement ended in the last 12 months.")


def test_the_page_as_at_an_earlier_day(db: Database) -> None:
    ana = given_ana(db)

    page = see(db, given_session(db, service_id=SCHOOL), ana, chosen=Filter(date(2022, 1, 1)))

    assert page.as_at == date(2022, 1, 1)
    assert [card.kind for card in page.services] == ["gp_practice"]
    assert page.home is not None


def test_a_quarantined_record_adds_nothing(db: Database) -> None:
    ana = given_ana(db)
    token = given_session(db, service_id=SCHOOL)
    _run(db, "MATCH (record:Record {source: 'school_census'}) SET record:Quarantined")

    assert [card.kind for card in see(db, token, ana).services] == ["gp_practice", "social_care"]


def test_eight_at_once_are_each_recorded(db: Database) -> None:
    ana = given_ana(db)
    tokens = [given_session(db, username=f"user{number}") for number in range(4)] * 2

    def look(token: str) -> int:
        for _ in range(10):
            assert see(db, token, ana).name == "Ana Costa"
            assert len(find(db, token).rows) == 1
        return 20

    with ThreadPoolExecutor(8) as threads:
        looked = sum(threads.map(look, tokens))

    assert len(events(db)) == looked == 160
    assert audit.verify_log(db) == []


# Handles


def test_a_handle_is_good_in_its_session_only() -> None:
    handle = handle_of("one", "K7Q2M94D00")

    assert len(handle) == 32
    assert child_of("one", handle) == "K7Q2M94D00"
    assert child_of("two", handle) is None
    assert child_of("one", handle.upper()) is None
    assert child_of("one", "0" * 32) is None


def test_two_sessions_differ_in_handles_and_keys_only(db: Database) -> None:
    ana = given_ana(db)
    first, second = given_session(db), given_session(db, username="second")

    pages = [see(db, token, ana, depth=Depth.SIGNPOST) for token in (first, second)]

    assert pages[0].handle != pages[1].handle
    alike = {"handle": "", "services": (), "lead": None, "to_ring": ()}
    assert replace(pages[0], **alike) == replace(pages[1], **alike)


def test_an_unknown_area_is_no_area(db: Database) -> None:
    ana = given_ana(db, area=None)

    assert see(db, given_session(db, authority=AREA), ana).authority is None


def test_what_is_told_is_in_the_audit_with_what_was_written(db: Database):
    token = given_session(db)

    def work(tx, opened):
        tx.write(STOP_FEED, feed="deaths", by=opened.user.user_id)
        return Told(opened.user.name, "own act", child_refs=("K7",), fields=("name",), facts=("f1",), count=1)

    told = disclose(db, token, "try.it", work, roles=ANYBODY, reason=reason_coded("wellbeing"), case_reference="A1")

    [event] = events(db, "try.it")
    assert told == "Dawn Okoro"
    assert values(db, "MATCH (feed:Feed {feed: 'deaths'}) RETURN feed.stopped_by IS NOT NULL AS one") == [(True,)]
    assert (event["action"], event["decision"], event["rule"]) == ("try.it", "allowed", "own act")
    assert (event["purpose"], event["case_reference"], event["role"]) == ("wellbeing", "A1", "practitioner")
    assert (event["child_refs"], event["fields"], event["facts"], event["count"]) == (["K7"], ["name"], ["f1"], 1)


def test_a_role_that_is_not_named_is_told_nothing_and_that_is_in_the_audit(db: Database):
    token = given_session(db, role=Role.OPERATOR)

    with pytest.raises(Refused, match="Your role does not open this"):
        disclose(db, token, "try.it", lambda tx, opened: Told("secret", "never"), roles=frozenset({Role.AUDITOR}))

    [event] = events(db, "try.it")
    assert (event["decision"], event["rule"]) == ("denied", "not for this role")


def test_what_is_denied_is_in_the_audit_with_its_rule(db: Database):
    token = given_session(db)

    with pytest.raises(NotFound, match="Gone"):
        disclose(db, token, "try.it", lambda tx, opened: Denied(NotFound("Gone."), "not there", ("K7",)), roles=ANYBODY)

    [event] = events(db, "try.it")
    assert (event["decision"], event["rule"], event["child_refs"]) == ("denied", "not there", ["K7"])
    assert (event["purpose"], event["case_reference"]) == (None, None)


def test_where_reading_fails_nothing_is_written_down_as_told(db: Database):
    token = given_session(db)

    def fails(tx, opened):
        tx.write(STOP_FEED, feed="deaths", by="nobody")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        disclose(db, token, "try.it", fails, roles=ANYBODY)

    assert values(db, "MATCH (thing:AuditEvent|Feed) RETURN 1 AS one") == []


def test_nobody_is_told_anything_without_an_open_session(db: Database):
    with pytest.raises(Refused, match="session has ended"):
        disclose(db, "no token", "try.it", lambda tx, opened: Told("secret", "never"), roles=ANYBODY)


def test_what_changed_since_the_user_last_looked(db: Database) -> None:
    ana = given_ana(db)
    teacher = given_session(db, service_id=SCHOOL)
    first = see(db, teacher, ana)
    _run(db, "MATCH (look:Look) SET look.at = look.at - 2 * 86400000")
    given_run(db, run=4, feed="involvements", supplier="northshire", title="Northshire directory", national=False)
    for service, kind in (("northshire:EH", "early_help"), ("northshire:YJ", "youth_justice")):
        given_service(db, service_id=service, name=kind, kind=kind)
        given_involvement(db, child_id=ana, service_id=service, run=4, forename="Ana", family_name="Costa")
    # Social care's own file now gives its end: the fact ends and stands again with it, under the same id.
    _run(
        db,
        """
        MATCH (child:Child)-[fact:INVOLVES]->(service:Service {service_id: $service})
        SET fact.ended_run = 4
        CREATE (child)-[again:INVOLVES]->(service)
        SET again = properties(fact), again.run = 4, again.ended_run = null, again.to = $until
        """,
        service=SOCIAL_CARE,
        until=TODAY,
    )

    page = see(db, teacher, ana)
    again = see(db, teacher, ana)

    assert (first.last_looked, first.changes) == (None, ())
    assert page.last_looked == TODAY - timedelta(days=2)
    # Youth justice is nothing that a teacher may see, so it is no news either.
    assert [(change.news, change.card.name) for change in page.changes] == [
        (News.ADDED, "early_help"),
        (News.ENDED, "Children’s social care"),
    ]
    assert again.changes == page.changes
    assert values(db, "MATCH (look:Look) RETURN count(look), max(look.run), max(look.before_run)") == [(1, 4, 3)]
    assert see(db, given_session(db, username="new", service_id=SCHOOL), ana).last_looked is None
    assert see(db, teacher, ana, chosen=Filter(TODAY - timedelta(days=1))).changes == ()


def test_a_signpost_and_what_is_taken_away_are_no_looks(db: Database) -> None:
    ana = given_ana(db)
    stranger, lead = given_session(db, name="Sam Field"), given_session(db, username="p1", service_id=SCHOOL)
    see(db, stranger, ana, depth=Depth.SIGNPOST)
    for act in (Act.SHEET, Act.DRAWING):
        asked = {"reason": "wellbeing", "case_reference": "", "depth": Depth.CIRCLE, "act": act}
        show_child(db, lead, handle_of(lead, ana), **asked)

    assert count(db, "Look") == 0


def test_feed_file_and_line_are_for_data_managers_of_the_area(db: Database) -> None:
    ana = given_ana(db)
    _run(db, "MATCH (record:Record {source: 'school_census'}) SET record.line = 17")
    _run(db, "MATCH (run:Run {feed: 'school_census'}) SET run.file = 'school_census.dfe.2026-11-01.full.csv'")
    manager = given_session(db, username="m", name="Omar Said", role=Role.DATA_MANAGER)

    theirs, others = see(db, manager, ana), see(db, given_session(db, service_id=SCHOOL), ana)

    (origin,) = next(card for card in theirs.services if card.kind == "school").sources[0].origins
    assert (origin.feed, origin.line, origin.file) == ("school_census", 17, "school_census.dfe.2026-11-01.full.csv")
    assert [source.origins for card in others.services for source in card.sources if source.origins] == []
