"""Asking the team on the real graph: asking tells nothing, and the answer no more than a service agrees to."""

from pathlib import Path

import pytest

from graph.model import clock
from graph.model.brokering import Answer, Outcome
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.roles import Role
from graph.services import brokering
from graph.services.handles import handle_of
from graph.services.statements import Asked
from graph.store import Database
from tests.builders import _run, given_child, given_involvement, given_run, given_service, given_session, values

TODAY = clock.day_in_england(clock.now())
MIND = "northshire:MH1"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNPOST_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def children(db: Database) -> tuple[str, str]:
    """One child with a mental health service and one without."""
    given_run(db)
    given_service(db, service_id=MIND, name="Mind and Mood", kind="mental_health")
    with_one, without = given_child(db, forename="Ana"), given_child(db, forename="Bea")
    given_involvement(db, child_id=with_one, service_id=MIND)
    return with_one, without


def ask(db: Database, token: str, child: str) -> None:
    brokering.ask(db, Asked(token, handle_of(token, child), "wellbeing"))


def test_the_answer_reads_the_same_whether_there_is_a_service_or_not(db: Database, children: tuple[str, str]):
    dawn = given_session(db)
    omar = given_session(db, username="omar", name="Omar Said", role=Role.DATA_MANAGER)
    hana = given_session(db, username="hana", role=Role.DATA_MANAGER, authority="E06000009")
    for child in children:
        ask(db, dawn, child)
        with pytest.raises(Conflict, match="asked the team"):
            ask(db, dawn, child)

    waiting = brokering.list_queue(db, omar).lines
    assert brokering.list_queue(db, hana).lines == ()
    assert {line.name for line in waiting} == {"Ana Costa", "Bea Costa"}
    page = brokering.show_asking(db, omar, waiting[0].asking_id)
    assert (page.asker, page.line.reason) == ("Dawn Okoro", "Concern about a child’s wellbeing")
    with pytest.raises(NotFound):
        brokering.show_asking(db, hana, waiting[0].asking_id)
    for line, outcome in zip(waiting, (Outcome.DECLINED, Outcome.NOBODY), strict=True):
        brokering.settle(db, omar, line.asking_id, outcome.value, "")
    with pytest.raises(Conflict, match="already"):
        brokering.settle(db, omar, waiting[0].asking_id, "nobody", "")

    # Before the day due nothing shows, not even that the team is done; asking again is refused as before.
    assert {line.answer for line in brokering.list_asked(db, dawn).lines} == {Answer(dealt_with=False)}
    with pytest.raises(Conflict):
        ask(db, dawn, children[1])
    _run(db, "MATCH (a:Asking) SET a.due_on = $today", today=TODAY)
    assert {line.answer for line in brokering.list_asked(db, dawn).lines} == {Answer(dealt_with=True)}
    assert {line.outcome for line in brokering.list_asked(db, dawn).lines} == {None}


def test_a_number_comes_back_where_the_service_agrees_and_lies_sealed(db: Database, children: tuple[str, str]):
    dawn = given_session(db)
    omar = given_session(db, username="omar", role=Role.DATA_MANAGER)
    ask(db, dawn, children[0])
    (line,) = brokering.list_queue(db, omar).lines
    with pytest.raises(Refused, match="telephone number"):
        brokering.settle(db, omar, line.asking_id, "contact", "Mind and Mood")

    brokering.settle(db, omar, line.asking_id, "contact", "01632 960 400")

    (told,) = brokering.list_asked(db, dawn).lines
    assert told.answer == Answer(dealt_with=True, contact="01632 960 400")
    assert b"960" not in bytes(values(db, "MATCH (a:Asking) RETURN a.contact")[0][0])
    assert brokering.list_asked(db, given_session(db, username="other")).lines == ()


def test_only_who_may_look_up_children_asks_and_only_data_managers_answer(db: Database, children: tuple[str, str]):
    ops = given_session(db, username="ops", role=Role.OPERATOR)
    lead = given_session(db, username="grace", role=Role.SAFEGUARDING_LEAD)

    with pytest.raises(Refused):
        ask(db, ops, children[0])
    with pytest.raises(Refused):
        brokering.list_queue(db, lead)
    with pytest.raises(NotFound):
        brokering.ask(db, Asked(lead, handle_of("another session", children[0]), "wellbeing"))
