"""So many children a day and no more, by whatever way; and faster than people work only with a proof of who asks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from benchmarks.clients import signed_in
from graph.__main__ import main
from graph.model import clock
from graph.model.circle import Depth
from graph.model.errors import Refused, Unproven
from graph.model.pace import LATELY
from graph.model.roles import Role
from graph.services import access, fresh, looks
from graph.services.disclosure import show_child
from graph.services.handles import handle_of
from graph.services.search import Clues, find_children
from graph.services.statements import Asked
from graph.settings import Settings
from graph.store import Database
from tests.builders import given_area, given_child, given_run, given_service, given_session, given_user, values

A_DAY = 8
_PACE = A_DAY // 4
_NAMES = ["Amir", "Bela", "Carlo", "Dora", "Emil", "Fatima", "Goran", "Hanna", "Ivo", "Jutta", "Karim", "Lena"]


@pytest.fixture
def children(db: Database) -> list[str]:
    given_run(db)
    given_area(db)
    given_service(db)
    return [given_child(db, forename=name, family_name=f"{name}son") for name in _NAMES]


@pytest.fixture
def token(db: Database, children: list[str], later: Callable[[timedelta], None]) -> str:
    token = given_session(db, username="grace", name="Grace Field", role=Role.SAFEGUARDING_LEAD)
    access.save_children_a_day(db, username="grace", children=A_DAY, by="test")
    return token


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Lets time pass, from ten in the morning: a day must not end meanwhile."""
    now = [datetime.now(UTC).replace(hour=10)]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def passes(span: timedelta) -> None:
        now[0] += span

    return passes


def look(db: Database, token: str, child: str) -> None:
    show_child(db, token, handle_of(token, child), reason="wellbeing", case_reference="", depth=Depth.SIGNPOST)


def events(db: Database, decision: str) -> list[tuple[object, ...]]:
    text = "MATCH (e:AuditEvent {decision: $decision}) WHERE e.child_refs <> [] RETURN e.action, e.child_refs"
    return values(db, text, decision=decision)


def test_after_a_days_children_there_are_no_more_until_tomorrow(
    db: Database, token: str, children: list[str], later: Callable[[timedelta], None]
) -> None:
    for child in children[:A_DAY]:
        look(db, token, child)
        later(LATELY * 0.6)

    with pytest.raises(Refused, match="as many children’s records today"):
        look(db, token, children[A_DAY])
    # What else shows a child counts alike, and what was opened already is open still.
    with pytest.raises(Refused, match="as many children’s records today"):
        looks.list_of_child(db, Asked(token, handle_of(token, children[A_DAY]), "wellbeing"))
    look(db, token, children[0])

    assert [refs for _, refs in events(db, "denied")] == [[children[A_DAY]]] * 2
    assert values(db, "MATCH (e:AuditEvent {decision: 'denied'}) RETURN DISTINCT e.action ORDER BY e.action") == [
        ("child.looks",),
        ("child.signpost",),
    ]
    later(timedelta(days=1))
    ((user_id,),) = values(db, "MATCH (u:User {username: 'grace'}) RETURN u.user_id")
    look(db, signed_in(db, user_id), children[A_DAY])


def test_faster_than_people_work_goes_on_after_a_proof_alone(
    db: Database, later: Callable[[timedelta], None], children: list[str]
) -> None:
    user = given_user(db, username="quick")
    access.save_children_a_day(db, username="quick", children=A_DAY, by="test")
    token = access.sign_in(db, username="quick", password=user.password, code=user.code()).token
    for child in children[:_PACE]:
        look(db, token, child)

    with pytest.raises(Unproven) as asked:
        look(db, token, children[_PACE])
    assert asked.value.action == fresh.Action.PACE
    fresh.prove_by_code(db, token, fresh.Action.PACE, "", user.code(1))
    later(timedelta(seconds=1))
    for child in children[_PACE : 2 * _PACE]:
        look(db, token, child)
    with pytest.raises(Unproven):
        look(db, token, children[2 * _PACE])
    # A session that does nothing for so long ends; who is looked at again is nobody new.
    for _ in range(2):
        later(LATELY * 0.6)
        look(db, token, children[0])
    look(db, token, children[2 * _PACE])


def test_names_in_lists_have_a_limit_of_their_own(db: Database, token: str, children: list[str]) -> None:
    access.save_children_a_day(db, username="grace", children=2, by="test")
    clues = [Clues(name=f"{name} {name}son", date_of_birth=date(2017, 6, 4)) for name in _NAMES]

    for each in clues[:10]:
        assert len(find_children(db, token, each).rows) == 1
    for each in clues[10:]:
        with pytest.raises(Refused, match="as many names today"):
            find_children(db, token, each)
    # Who has been named is still found, and may be opened.
    assert len(find_children(db, token, clues[0]).rows) == 1
    look(db, token, children[0])


def test_side_by_side_nobody_has_more(db: Database, token: str, children: list[str]) -> None:
    access.save_children_a_day(db, username="grace", children=4, by="test")

    def tried(child: str) -> bool:
        try:
            look(db, token, child)
        except (Refused, Unproven):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tried, children)) == 1


def test_an_account_may_have_more_by_name(settings: Settings, db: Database, token: str) -> None:
    assert main(["user", "children", "grace", "300"]) == 0
    assert values(db, "MATCH (u:User {username: 'grace'}) RETURN u.children_a_day") == [(300,)]
    for number in ("0", "10001"):
        assert main(["user", "children", "grace", number]) == 1
    assert main(["user", "children", "nobody", "5"]) == 1
    text = "MATCH (e:AuditEvent {action: 'user.children'}) RETURN count(e)"
    assert values(db, text) == [(2,)]
