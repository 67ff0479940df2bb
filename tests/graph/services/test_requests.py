"""“This looks wrong” on the real graph: who may ask, who owns it, until when, and how it ends."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from graph.model import clock
from graph.model.circle import Depth
from graph.model.corrections import (
    Asker,
    Kind,
    Objection,
    Outcome,
    Refusal,
    Settlement,
    State,
    Wrong,
    due_after,
    settlement_coded,
)
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.roles import Role
from graph.services import requests
from graph.services.disclosure import show_child
from graph.services.handles import handle_of
from graph.services.requests import Objecting
from graph.services.statements import Asked
from graph.store import Database
from tests.builders import (
    given_carer,
    given_child,
    given_involvement,
    given_run,
    given_service,
    given_session,
    given_shield,
    values,
)
from tests.conftest import Statement

TODAY = clock.day_in_england(clock.now())
HUB, JUSTICE = "northshire:EH1", "northshire:YJ1"


@pytest.fixture
def ana(db: Database) -> str:
    """Ana, with whom early help and youth justice work."""
    given_run(db)
    given_service(db, service_id=HUB, name="Early help", kind="early_help", organisation="Northshire")
    given_service(db, service_id=JUSTICE, name="Youth justice", kind="youth_justice", organisation="Northshire")
    made = given_child(db)
    given_involvement(db, child_id=made, service_id=HUB)
    given_involvement(db, child_id=made, service_id=JUSTICE)
    return made


def asked(token: str, child_id: str) -> Asked:
    """The child's page as this session has it open."""
    return Asked(token, handle_of(token, child_id), "wellbeing")


def card(db: Database, token: str, child_id: str, name: str) -> str:
    """The key of a card on the page that this session sees."""
    handle = handle_of(token, child_id)
    page = show_child(db, token, handle, reason="wellbeing", case_reference="", depth=Depth.CIRCLE)
    return next(each.key for each in page.services if each.name == name)


@pytest.mark.parametrize(
    ("asked_on", "due"),
    [
        (date(2026, 11, 22), date(2026, 12, 22)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2027, 1, 30), date(2027, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
    ],
)
def test_a_request_is_due_one_calendar_month_later(asked_on: date, due: date):
    assert due_after(asked_on) == due


def test_a_request_goes_from_who_sees_a_line_to_the_data_managers_of_the_area_and_back(db: Database, ana: str):
    dawn = given_session(db)
    omar = given_session(db, username="omar", name="Omar Said", role=Role.DATA_MANAGER)
    hana = given_session(db, username="hana", role=Role.DATA_MANAGER, authority="E06000901")
    key = card(db, dawn, ana, "Early help")

    due = requests.ask(db, asked(dawn, ana), key, "ended")

    assert due == due_after(TODAY)
    with pytest.raises(Conflict, match="asked about this already"):
        requests.ask(db, asked(dawn, ana), key, "ended")
    (line,) = requests.list_queue(db, omar).lines
    assert (line.name, line.wrong, line.about, line.state) == ("Ana Costa", Wrong.ENDED, "Early help", State.OPEN)
    assert requests.list_queue(db, hana).lines == ()
    with pytest.raises(NotFound):
        requests.show_request(db, hana, line.request_id)
    assert requests.show_request(db, omar, line.request_id).asker == "Dawn Okoro"

    requests.take(db, omar, line.request_id)
    assert requests.list_asked(db, dawn).lines[0].taken_by == "Omar Said"
    with pytest.raises(Refused, match="from the list"):
        requests.settle(db, omar, line.request_id, Settlement(Outcome.UPHELD))
    requests.settle(db, omar, line.request_id, Settlement(Outcome.CORRECTED))
    for again in (
        lambda: requests.settle(db, omar, line.request_id, Settlement(Outcome.PASSED_ON)),
        lambda: requests.take(db, omar, line.request_id),
    ):
        with pytest.raises(Conflict, match="settled already"):
            again()

    (mine,) = requests.list_asked(db, dawn).lines
    assert (mine.state, mine.outcome, mine.settled_on) == (State.SETTLED, Outcome.CORRECTED, TODAY)
    assert requests.list_queue(db, omar).lines == ()
    assert [each.request_id for each in requests.list_queue(db, omar, settled=True).lines] == [line.request_id]
    actions = [row[0] for row in values(db, "MATCH (e:AuditEvent {decision: 'allowed'}) RETURN e.action ORDER BY e.at")]
    assert {"request.ask", "request.queue", "request.open", "request.take", "request.settle"} <= set(actions)
    denied = values(db, "MATCH (e:AuditEvent {decision: 'denied'}) RETURN DISTINCT e.action AS action ORDER BY action")
    assert [row[0] for row in denied] == ["request.ask", "request.open", "request.settle", "request.take"]


def test_what_is_late_is_marked(db: Database, ana: str):
    dawn = given_session(db)
    omar = given_session(db, username="omar", role=Role.DATA_MANAGER)
    requests.ask(db, asked(dawn, ana), None, "name")
    values(db, "MATCH (r:Request) RETURN r.due_on")
    _set_due(db, date(2026, 1, 1))

    (line,) = requests.list_queue(db, omar).lines

    assert line.overdue
    assert (line.of_a_line, line.about) == (False, None)


def test_a_data_manager_is_not_told_of_a_line_that_their_role_may_not_see(db: Database, ana: str):
    priya = given_session(db, username="priya", statutory=True)
    omar = given_session(db, username="omar", role=Role.DATA_MANAGER)
    requests.ask(db, asked(priya, ana), card(db, priya, ana, "Youth justice"), "dates")

    (line,) = requests.list_queue(db, omar).lines

    assert (line.of_a_line, line.about, line.sender) == (True, None, None)
    assert requests.list_asked(db, priya).lines[0].about == "Youth justice"


def test_forged_cards_codes_and_handles_ask_nothing(db: Database, ana: str):
    dawn, sam = given_session(db), given_session(db, username="sam", name="Sam Pryce")
    hidden = card(db, given_session(db, username="priya", statutory=True), ana, "Youth justice")
    mine = card(db, dawn, ana, "Early help")

    for key in (hidden, "c" + "0" * 12):
        with pytest.raises(NotFound, match="not on the child’s page"):
            requests.ask(db, asked(dawn, ana), key, "ended")
    with pytest.raises(Refused, match="from the list"):
        requests.ask(db, asked(dawn, ana), mine, "name")
    with pytest.raises(NotFound):
        requests.ask(db, replace(asked(dawn, ana), token=sam), None, "name")

    assert values(db, "MATCH (r:Request) RETURN r.request_id") == []
    assert len(values(db, "MATCH (e:AuditEvent {action: 'request.ask', decision: 'denied'}) RETURN e.key")) == 4


def test_a_shielded_child_can_be_asked_about_without_a_line(db: Database, ana: str):
    dawn = given_session(db)
    given_shield(db, child_id=ana)

    requests.ask(db, asked(dawn, ana), None, "mixed")

    assert requests.list_asked(db, dawn).lines[0].name == "Ana Costa"


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.SAFEGUARDING_LEAD, Role.OPERATOR, Role.AUDITOR])
def test_only_data_managers_open_the_queue(db: Database, role: Role):
    with pytest.raises(Refused):
        requests.list_queue(db, given_session(db, role=role))


LATER = TODAY + timedelta(days=100)
REFUSED = Settlement(Outcome.REFUSED, Refusal.COMPELLING, LATER, told=True)
OBJECTING = Objecting("carer", "who_sees", TODAY - timedelta(days=10))


def omar(db: Database, **more: object) -> str:
    """A data manager of the child's authority."""
    return given_session(db, username="omar", name="Omar Said", role=Role.DATA_MANAGER, **more)  # type: ignore[arg-type]


def test_an_objection_is_entered_with_its_day_and_due_a_calendar_month_after_it_came_in(db: Database, ana: str):
    token = omar(db)

    due = requests.record_objection(db, asked(token, ana), OBJECTING)

    assert due == due_after(OBJECTING.received_on)
    (line,) = requests.list_queue(db, token).lines
    assert (line.kind, line.wrong, line.objector) == (Kind.OBJECTION, Objection.WHO_SEES, Asker.CARER)
    assert (line.name, line.asked_on, line.due_on, line.state) == ("Ana Costa", OBJECTING.received_on, due, State.OPEN)
    with pytest.raises(Conflict):
        requests.record_objection(db, asked(token, ana), OBJECTING)
    (told,) = values(db, "MATCH (e:AuditEvent {action: 'request.object', decision: 'allowed'}) RETURN e.child_refs")
    assert told == ([ana],)


def test_only_a_data_manager_of_the_area_who_is_no_family_enters_an_objection(db: Database, ana: str):
    given_carer(db, child_id=ana, forename="Robin", family_name="Vale")
    others = (
        omar(db, authority="E06000901"),
        given_session(db, username="robin", name="Robin Vale", role=Role.DATA_MANAGER),
    )
    said = set()
    for token in others:
        for child_id in (ana, "NOBODY"):
            for call in (
                lambda at: requests.record_objection(db, at, OBJECTING),
                lambda at: requests.show_objecting(db, at),
            ):
                with pytest.raises(NotFound) as error:
                    call(asked(token, child_id))
                said.add(str(error.value))
    with pytest.raises(Refused):
        requests.record_objection(db, asked(given_session(db, role=Role.SAFEGUARDING_LEAD), ana), OBJECTING)

    assert len(said) == 1
    assert values(db, "MATCH (r:Request) RETURN r.request_id") == []


@pytest.mark.parametrize(
    "wish",
    [
        replace(OBJECTING, objector="neighbour"),
        replace(OBJECTING, objection="name"),
        replace(OBJECTING, received_on=TODAY + timedelta(days=1)),
        replace(OBJECTING, received_on=TODAY - timedelta(days=400)),
    ],
)
def test_what_is_not_on_the_lists_is_no_objection(db: Database, ana: str, wish: Objecting):
    with pytest.raises(Refused):
        requests.record_objection(db, asked(omar(db), ana), wish)

    assert values(db, "MATCH (r:Request) RETURN r.request_id") == []


def test_a_refused_objection_keeps_owner_day_ground_and_when_it_is_looked_at_again(db: Database, ana: str):
    token = omar(db)
    requests.record_objection(db, asked(token, ana), OBJECTING)
    (line,) = requests.list_queue(db, token).lines
    for short in (
        replace(REFUSED, refusal=None),
        replace(REFUSED, refusal=Refusal.RIGHT),
        replace(REFUSED, review_on=None),
        replace(REFUSED, review_on=TODAY),
        replace(REFUSED, review_on=TODAY + timedelta(days=400)),
        replace(REFUSED, told=False),
        replace(REFUSED, outcome=Outcome.NOT_WRONG),
    ):
        with pytest.raises(Refused):
            requests.settle(db, token, line.request_id, short)

    requests.settle(db, token, line.request_id, REFUSED)

    assert requests.list_queue(db, token).lines == ()
    (kept,) = requests.list_queue(db, token, settled=True).lines
    assert (kept.outcome, kept.refusal, kept.review_on, kept.told) == (Outcome.REFUSED, Refusal.COMPELLING, LATER, True)
    assert (kept.settled_by, kept.settled_on, kept.again) == ("Omar Said", TODAY, False)
    with pytest.raises(Conflict):
        requests.take(db, token, line.request_id)


def test_what_was_refused_is_listed_again_on_its_day_and_may_be_settled_anew(db: Database, ana: str):
    token = omar(db)
    requests.record_objection(db, asked(token, ana), OBJECTING)
    (line,) = requests.list_queue(db, token).lines
    requests.settle(db, token, line.request_id, REFUSED)
    db.write(Statement("MATCH (r:Request) SET r.review_on = $day"), day=TODAY)  # type: ignore[arg-type]

    (again,) = requests.list_queue(db, token).lines

    assert (again.again, again.due_on, again.outcome, again.overdue) == (True, TODAY, Outcome.REFUSED, False)
    assert requests.list_queue(db, token, settled=True).lines == ()
    requests.take(db, token, line.request_id)
    requests.settle(db, token, line.request_id, Settlement(Outcome.UPHELD))
    (ended,) = requests.list_queue(db, token, settled=True).lines
    assert (ended.outcome, ended.refusal, ended.review_on, ended.told) == (Outcome.UPHELD, None, None, False)
    recorded = values(db, "MATCH (e:AuditEvent {action: 'request.settle'}) RETURN e.content ORDER BY e.at")
    assert [json.loads(content)["fields"][1:] for (content,) in recorded] == [
        ["outcome:refused", "refusal:compelling", f"review:{LATER}"],
        ["outcome:upheld"],
    ]


def test_a_correction_that_is_not_made_has_a_ground_and_a_day_as_well(db: Database, ana: str):
    token = omar(db)
    requests.ask(db, asked(given_session(db), ana), None, "name")
    (line,) = requests.list_queue(db, token).lines

    with pytest.raises(Refused, match="why"):
        requests.settle(db, token, line.request_id, settlement_coded("not_wrong"))
    requests.settle(db, token, line.request_id, settlement_coded("not_wrong", "right", LATER))

    (kept,) = requests.list_queue(db, token, settled=True).lines
    assert (kept.refusal, kept.review_on, kept.told) == (Refusal.RIGHT, LATER, False)


@pytest.mark.parametrize(("outcome", "refusal"), [("whatever", ""), ("refused", "whatever")])
def test_a_code_that_is_not_on_the_list_settles_nothing(outcome: str, refusal: str):
    with pytest.raises(Refused, match="from the list"):
        settlement_coded(outcome, refusal)


def _set_due(db: Database, day: date) -> None:
    db.write(Statement("MATCH (r:Request) SET r.due_on = $day"), day=day)  # type: ignore[arg-type]
