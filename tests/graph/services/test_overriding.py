"""Overriding a shield on the real graph: who may, what it shows, how long, who is told and who looks into it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.model import clock
from graph.model.circle import Act, ChildPage, Depth
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.roles import Role
from graph.model.shielding import Finding
from graph.services import access, audit, overriding
from graph.services.disclosure import show_child
from graph.services.handles import handle_of
from graph.services.statements import Asked
from graph.store import Database
from tests.builders import (
    AREA,
    SCHOOL,
    GivenUser,
    _run,
    given_carer,
    given_child,
    given_fact,
    given_run,
    given_service,
    given_session,
    given_shield,
    given_user,
    values,
)
from tests.conftest import Statement

WORDS = "missing since the morning"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNPOST_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def elsie(db: Database) -> str:
    """Elsie, who is shielded and goes to a school."""
    given_run(db)
    given_service(db)
    made = given_child(db, forename="Elsie", family_name="Marlow")
    given_fact(db, child_id=made, type="ATTENDS", target=SCHOOL)
    given_shield(db, child_id=made)
    return made


def officer(db: Database, *, right: bool = True, **more: Any) -> tuple[GivenUser, str]:
    """A police officer of another area who is signed in, and the session's token."""
    about = {"username": "officer", "name": "Max Hill", "authority": "E06000009", "statutory": True} | more
    user = given_user(db, **about)
    if right:
        overriding.give_right(db, username=user.username, held=True, by="test")
    entered = access.sign_in(db, username=user.username, password=user.password, code=user.code())
    return user, entered.token


def begin(db: Database, token: str, child: str, code: str) -> None:
    overriding.begin(db, Asked(token, handle_of(token, child), "child_protection"), code=code, words=WORDS)


def see(db: Database, token: str, child: str, act: Act = Act.PAGE) -> ChildPage:
    handle = handle_of(token, child)
    return show_child(db, token, handle, reason="child_protection", case_reference="", depth=Depth.SIGNPOST, act=act)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def grace(db: Database) -> str:
    return given_session(db, username="grace", name="Grace Field", role=Role.SAFEGUARDING_LEAD)


def test_an_override_shows_this_child_in_this_session_and_tells_the_leads(db: Database, elsie: str):
    user, token = officer(db)
    other = given_child(db, forename="Bo", family_name="Field")
    given_shield(db, child_id=other)
    assert see(db, token, elsie).five_items
    with pytest.raises(Refused, match="shielded"):
        see(db, token, elsie, Act.TIMELINE)

    begin(db, token, elsie, user.code(1))

    page = see(db, token, elsie)
    assert [card.name for card in page.services] == ["Hillbrook Primary School"]
    assert (page.shielded, page.overridden, page.five_items, page.depth) == (True, True, False, Depth.CIRCLE)
    assert "by an override" in page.notices[0]
    assert see(db, token, elsie, Act.TIMELINE).overridden
    assert see(db, token, other).five_items
    assert see(db, given_session(db, statutory=True), elsie).five_items
    lead, manager = grace(db), given_session(db, username="omar", role=Role.DATA_MANAGER)
    (notice,) = overriding.list_notices(db, access.show_session(db, lead))
    assert abs((clock.now() - notice.moment).total_seconds()) < 60
    assert overriding.list_notices(db, access.show_session(db, manager)) == []
    rules = [rule for (rule,) in values(db, "MATCH (e:AuditEvent) WHERE e.action = 'child.circle' RETURN e.content")]
    assert any(b'"rule":"override; circle' in bytes(content) for content in rules)
    assert audit.verify_log(db) == []
    for act in (Act.SHEET, Act.TABLE, Act.IMAGE):
        with pytest.raises(Refused, match="shielded"):
            see(db, token, elsie, act)


def test_who_is_shielded_no_more_is_shown_without_the_override(db: Database, elsie: str):
    user, token = officer(db)
    begin(db, token, elsie, user.code(1))
    yesterday = clock.day_in_england(clock.now()) - timedelta(days=1)
    _run(db, "MATCH (shield:Shield) SET shield.to = $yesterday", yesterday=yesterday)

    page = see(db, token, elsie)

    assert (page.shielded, page.overridden, page.depth) == (False, False, Depth.SIGNPOST)


def test_an_override_is_looked_into_by_the_lead_with_the_fewest_and_never_by_who_began_it(
    db: Database, elsie: str, monkeypatch: pytest.MonkeyPatch
):
    grace(db)
    given_session(db, username="hugh", name="Hugh Lane", role=Role.SAFEGUARDING_LEAD)
    given_session(db, username="away", name="Away Lead", role=Role.SAFEGUARDING_LEAD, authority="E06000009")
    user, token = officer(db, username="own", name="A Own", role=Role.SAFEGUARDING_LEAD, authority=AREA)

    begun = clock.now()
    for later in (1, 2, 3):
        at(monkeypatch, begun + timedelta(seconds=30 * later))
        begin(db, token, elsie, user.code(1))
        overriding.leave(db, token)

    text = "MATCH (o:Override) OPTIONAL MATCH (lead:User {user_id: o.owner}) RETURN lead.name"
    owners = [name for (name,) in values(db, text)]
    assert set(owners) == {"Grace Field", "Hugh Lane"}
    assert len(owners) == 3


def test_an_override_ends_with_the_right_to_it(db: Database, elsie: str):
    user, token = officer(db)
    begin(db, token, elsie, user.code(1))
    assert see(db, token, elsie).overridden

    overriding.give_right(db, username=user.username, held=False, by="test")

    assert see(db, token, elsie).five_items


def test_an_override_ends_when_the_record_is_left_and_after_an_hour(
    db: Database, elsie: str, monkeypatch: pytest.MonkeyPatch
):
    user, token = officer(db)
    begun = clock.now()
    at(monkeypatch, begun)
    begin(db, token, elsie, user.code(1))
    for minutes in range(10, 60, 10):
        at(monkeypatch, begun + timedelta(minutes=minutes))
        assert see(db, token, elsie).overridden
    at(monkeypatch, begun + timedelta(minutes=60) - timedelta(seconds=1))
    assert see(db, token, elsie).overridden

    at(monkeypatch, begun + timedelta(minutes=60))
    assert see(db, token, elsie).five_items

    begin(db, token, elsie, user.code(0))
    assert see(db, token, elsie).overridden
    overriding.leave(db, token)
    assert see(db, token, elsie).five_items


def test_a_code_opens_once_and_a_wrong_one_never(db: Database, elsie: str):
    user, token = officer(db)

    # The code of the sign-in is spent.
    for code in ("000000", "", user.code(), "１２３４５６"):  # noqa: RUF001 (figures of another script)
        with pytest.raises(Refused, match="code is not right"):
            begin(db, token, elsie, code)
        # The brake of a wrong guess has a test of its own.
        db.write(Statement("MATCH (brake:Brake) DELETE brake"))  # type: ignore[arg-type]
    begin(db, token, elsie, user.code(1))
    overriding.leave(db, token)
    with pytest.raises(Refused, match="code is not right"):
        begin(db, token, elsie, user.code(1))
    assert see(db, token, elsie).five_items


def test_without_the_right_no_code_is_even_spent(db: Database, elsie: str):
    user, token = officer(db, right=False)

    with pytest.raises(Refused, match="does not hold the right"):
        begin(db, token, elsie, user.code(1))

    overriding.give_right(db, username="officer", held=True, by="test")
    begin(db, token, elsie, user.code(1))
    assert see(db, token, elsie).overridden


def test_operators_get_no_right_and_no_child(db: Database, elsie: str):
    given_user(db, username="ops", role=Role.OPERATOR)

    with pytest.raises(Refused, match="never sees a child"):
        overriding.give_right(db, username="ops", held=True, by="test")
    with pytest.raises(NotFound):
        overriding.give_right(db, username="nobody", held=True, by="test")
    token = given_session(db, username="ops2", role=Role.OPERATOR)
    with pytest.raises(Refused):
        begin(db, token, elsie, "123456")


def test_a_lead_looks_into_it_and_what_is_overdue_suspends_the_right(
    db: Database, elsie: str, monkeypatch: pytest.MonkeyPatch
):
    user, token = officer(db)
    begin(db, token, elsie, user.code(1))
    begun = clock.now()
    lead, manager = grace(db), given_session(db, username="omar", role=Role.DATA_MANAGER)
    ((override_id, due_on),) = values(db, "MATCH (o:Override) RETURN o.override_id, o.due_on")
    assert overriding.show_override(db, lead, override_id).ground == WORDS
    for other in (
        manager,
        token,
        given_session(db, username="far", role=Role.SAFEGUARDING_LEAD, authority="E06000009"),
    ):
        with pytest.raises((Refused, NotFound)):
            overriding.settle(db, other, override_id, "justified")
    overriding.take(db, lead, override_id)
    assert overriding.show_override(db, lead, override_id).owner == "Grace Field"

    # Nobody has finished looking into it by the day after it was due.
    at(monkeypatch, begun + timedelta(days=5))
    entered = access.sign_in(db, username=user.username, password=user.password, code=user.code())
    with pytest.raises(Refused, match="suspended"):
        begin(db, entered.token, elsie, user.code(1))
    at(monkeypatch, begun)
    overriding.settle(db, lead, override_id, "justified")
    assert overriding.list_notices(db, access.show_session(db, lead)) == []
    at(monkeypatch, begun + timedelta(days=5))
    begin(db, entered.token, elsie, user.code(1))
    assert see(db, entered.token, elsie).overridden
    assert due_on is not None


def test_an_override_that_was_not_needed_takes_the_right_away(db: Database, elsie: str):
    user, token = officer(db)
    begin(db, token, elsie, user.code(1))
    ((override_id,),) = values(db, "MATCH (o:Override) RETURN o.override_id")

    overriding.settle(db, grace(db), override_id, Finding.NOT_JUSTIFIED.value)

    assert values(db, "MATCH (u:User {username: 'officer'}) RETURN u.may_override") == [(False,)]


def test_a_lead_of_the_area_does_not_look_into_an_override_of_their_own(db: Database, elsie: str):
    user, token = officer(db, role=Role.SAFEGUARDING_LEAD, authority=AREA)
    begin(db, token, elsie, user.code(1))
    ((override_id,),) = values(db, "MATCH (o:Override) RETURN o.override_id")

    with pytest.raises(Refused, match="yourself"):
        overriding.settle(db, token, override_id, "justified")


def test_nobody_overrides_where_nothing_is_hidden(db: Database, elsie: str):
    user, token = officer(db)
    bo = given_child(db, forename="Bo", family_name="Field")

    with pytest.raises(Refused, match="No shield hides"):
        begin(db, token, bo, user.code(1))


def test_nobody_overrides_a_shield_of_their_own_family(db: Database, elsie: str):
    given_carer(db, child_id=elsie, forename="Max", family_name="Hill")
    user, token = officer(db)

    with pytest.raises(Refused, match="family"):
        begin(db, token, elsie, user.code(1))

    assert values(db, "MATCH (o:Override) RETURN o.override_id") == []
    told = "MATCH (e:AuditEvent {action: 'shield.override'}) RETURN e.decision, e.child_refs"
    assert values(db, told) == [("denied", [elsie])]


@pytest.mark.parametrize("of", ["nobody", "another session"])
def test_who_is_not_there_is_not_found_and_no_code_is_spent(db: Database, elsie: str, of: str):
    user, token = officer(db)
    handle = handle_of(token, "ZZZZZZZZZZ") if of == "nobody" else handle_of("another session", elsie)

    with pytest.raises(NotFound):
        overriding.begin(db, Asked(token, handle, "child_protection"), code=user.code(1), words=WORDS)

    begin(db, token, elsie, user.code(1))


def test_giving_and_taking_the_right_is_recorded_whoever_has_it(db: Database):
    given_user(db, username="officer")
    given_user(db, username="ops", role=Role.OPERATOR)
    ((user_id,),) = values(db, "MATCH (u:User {username: 'officer'}) RETURN u.user_id")
    for held in (True, False):
        overriding.give_right(db, username="officer", held=held, by="os:test")
    overriding.give_right(db, username="ops", held=False, by="os:test")

    told = "MATCH (e:AuditEvent) WHERE e.action STARTS WITH 'user.override' RETURN e.action, e.actor, e.content"
    done = [(action, actor, str(user_id).encode() in bytes(content)) for action, actor, content in values(db, told)]
    assert sorted(done) == [
        ("user.override.give", "os:test", True),
        ("user.override.take", "os:test", False),
        ("user.override.take", "os:test", True),
    ]


@pytest.mark.parametrize(("authority", "asked"), [("E06000009", "E06000009"), (None, "unknown")])
def test_where_nobody_answers_for_the_child_the_overriders_own_leads_are_told(
    db: Database, elsie: str, authority: str | None, asked: str
):
    _run(db, "MATCH (:Child)-[fact:RESPONSIBILITY_OF]->() DELETE fact")
    user, token = officer(db, authority=authority)

    begin(db, token, elsie, user.code(1))

    assert values(db, "MATCH (o:Override) RETURN o.authority") == [(asked,)]


def test_nobody_but_a_lead_of_an_area_is_told(db: Database, elsie: str):
    user, token = officer(db)
    begin(db, token, elsie, user.code(1))

    nowhere = given_session(db, username="nowhere", role=Role.SAFEGUARDING_LEAD, authority=None)
    assert overriding.list_notices(db, None) == []
    assert overriding.list_notices(db, access.show_session(db, nowhere)) == []


def test_what_is_looked_into_says_who_where_and_by_when(db: Database, elsie: str, monkeypatch: pytest.MonkeyPatch):
    user, token = officer(db, organisation="Police")
    begin(db, token, elsie, user.code(1))
    lead = grace(db)
    ((override_id, due_on),) = values(db, "MATCH (o:Override) RETURN o.override_id, o.due_on")

    line = overriding.show_override(db, lead, override_id)
    assert (line.name, line.by, line.organisation, line.mine) == ("Elsie Marlow", "Max Hill", "Police", False)
    assert line.handle
    assert (line.overdue, line.finding, line.due_on) == (False, None, due_on.to_native())
    at(monkeypatch, clock.now() + (line.due_on - clock.day_in_england(clock.now())))
    late = given_session(db, username="late", role=Role.SAFEGUARDING_LEAD)
    assert not overriding.show_override(db, late, override_id).overdue
    at(monkeypatch, clock.now() + timedelta(days=1))
    later = given_session(db, username="later", role=Role.SAFEGUARDING_LEAD)
    assert overriding.show_override(db, later, override_id).overdue
    overriding.settle(db, later, override_id, "justified")
    settled = overriding.show_override(db, later, override_id)
    assert (settled.overdue, settled.finding) == (False, Finding.JUSTIFIED)


def test_what_is_settled_stays_so_and_another_areas_is_not_there(db: Database, elsie: str):
    user, token = officer(db)
    begin(db, token, elsie, user.code(1))
    lead, far = grace(db), given_session(db, username="far", role=Role.SAFEGUARDING_LEAD, authority="E06000009")
    ((override_id,),) = values(db, "MATCH (o:Override) RETURN o.override_id")
    for token_of, about in ((far, override_id), (lead, "0" * 24)):
        for ask in (overriding.show_override, overriding.take):
            with pytest.raises(NotFound):
                ask(db, token_of, about)
        with pytest.raises(NotFound):
            overriding.settle(db, token_of, about, "justified")

    overriding.settle(db, lead, override_id, "justified")

    with pytest.raises(Conflict):
        overriding.take(db, lead, override_id)
    with pytest.raises(Conflict):
        overriding.settle(db, lead, override_id, Finding.NOT_JUSTIFIED.value)
    assert values(db, "MATCH (u:User {username: 'officer'}) RETURN u.may_override") == [(True,)]
