"""Tests for graph.services.access."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

import pyotp
import pytest
from argon2 import extract_parameters

from graph.model import clock
from graph.model.circle import Depth
from graph.model.errors import Conflict, NotFound, Refused, SignpostError
from graph.model.roles import Role
from graph.services import access, audit, secret_box
from graph.services.access import Account, Session, Why
from graph.services.disclosure import Told, disclose, show_child
from graph.services.handles import handle_of
from graph.store import Database
from tests.builders import AREA, GivenUser, given_child, given_practitioner, given_session, given_user, values
from tests.conftest import Statement
from tests.sizes import size

# As the product has them: taken before lighter ones are put in for the tests.
LIVE_HASHER, LIVE_DUMMY = access._HASHER, access.DUMMY_HASH
_SEE_CHILDREN = frozenset(role for role in Role if role.sees_children)


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNPOST_KEYS", str(tmp_path / "keys"))
    monkeypatch.setattr(secret_box, "_kept", secret_box.key_in)


def enter(db: Database, user: GivenUser, *, later: int = 0) -> access.SignedIn:
    return access.sign_in(db, username=user.username, password=user.password, code=user.code(later))


def actions(db: Database) -> list[tuple[str, str]]:
    rows = values(db, "MATCH (event:AuditEvent) RETURN event.action, event.decision ORDER BY event.at, event.key")
    return [(str(action), str(decision)) for action, decision in rows]


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_signing_in_opens_a_session(db: Database) -> None:
    user = given_user(db, service_id="urn:100001", practitioner_id="northshire:P1")

    entered = enter(db, user)

    assert access.show_session(db, entered.token) == entered.session
    assert entered.session == Session(
        user_id=entered.session.user_id,
        username="dawn",
        name="Dawn Okoro",
        role=Role.PRACTITIONER,
        organisation="Hillbrook Primary School",
        statutory=False,
        authority=AREA,
        practitioner_id="northshire:P1",
        service_id="urn:100001",
    )
    assert actions(db) == [("user.add", "allowed"), ("session.begin", "allowed")]
    assert audit.verify_log(db) == []


def test_signing_out_ends_the_session(db: Database) -> None:
    entered = enter(db, given_user(db))

    access.sign_out(db, entered.token)
    access.sign_out(db, entered.token)

    assert access.show_session(db, entered.token) is None
    assert actions(db)[-1] == ("session.end", "allowed")
    assert len(actions(db)) == 3


def test_everything_wrong_is_refused_in_the_same_words_and_recorded(db: Database) -> None:
    user, gone = given_user(db), given_user(db, username="gone")
    late = given_user(db, username="late", vetted_until=date(2020, 1, 1))
    access.disable_user(db, username="gone", by="test")
    code, fresh = user.code(), pyotp.random_base32()
    wrong = [
        {"username": "nobody", "password": user.password, "code": code},
        {"username": "dawn", "password": "wrong", "code": code},
        {"username": "dawn", "password": user.password, "code": pyotp.TOTP(fresh).now()},
        {"username": "gone", "password": gone.password, "code": gone.code()},
        {"username": "late", "password": late.password, "code": late.code()},
        {"username": "dawn", "password": "\ud800", "code": "\ud800"},
    ]

    said = []
    for attempt in wrong:
        with pytest.raises(SignpostError) as refused:
            access.sign_in(db, **attempt)
        said.append((type(refused.value), str(refused.value)))

    assert set(said) == {(Refused, access.REFUSAL)}
    assert actions(db).count(("session.begin", "denied")) == len(wrong)


def test_an_unknown_username_costs_the_same_hash() -> None:
    live = extract_parameters(LIVE_HASHER.hash("x"))

    assert extract_parameters(LIVE_DUMMY) == live
    assert (live.time_cost, live.memory_cost, live.parallelism) == (3, 65_536, 1)


@pytest.mark.parametrize("turn", range(size(1, 200)))
def test_a_code_is_good_once_under_many_submissions(db: Database, turn: int) -> None:
    user, many = given_user(db), size(20, 50)
    code = user.code()

    def submit(_: int) -> bool:
        try:
            access.sign_in(db, username=user.username, password=user.password, code=code)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(many) as threads:
        entered = list(threads.map(submit, range(many)))

    assert sum(entered) == 1
    assert audit.verify_log(db) == []


def test_the_newest_session_wins(db: Database) -> None:
    user = given_user(db)

    first, second = enter(db, user), enter(db, user, later=1)

    assert access.show_session(db, first.token) is None
    assert access.show_session(db, second.token) is not None


def test_failures_slow_an_account_down_and_never_lock_it(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    user = given_user(db)
    for _ in range(4):
        with pytest.raises(Refused):
            access.sign_in(db, username="dawn", password="wrong", code="000000")

    with pytest.raises(Refused):
        enter(db, user)

    set_clock(monkeypatch, datetime.now(UTC) + timedelta(minutes=3))
    assert enter(db, user).token


@pytest.mark.parametrize(
    ("away", "open_still"),
    [(timedelta(minutes=14), True), (timedelta(minutes=15), False), (timedelta(hours=11), False)],
)
def test_an_idle_session_ends(db: Database, monkeypatch: pytest.MonkeyPatch, away: timedelta, open_still: bool) -> None:
    begun = datetime.now(UTC)
    set_clock(monkeypatch, begun)
    entered = enter(db, given_user(db))

    set_clock(monkeypatch, begun + away)

    assert (access.show_session(db, entered.token) is not None) is open_still


def test_a_session_in_use_ends_after_ten_hours(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = datetime.now(UTC)
    set_clock(monkeypatch, begun)
    entered = enter(db, given_user(db))

    seen = []
    for minutes in range(10, 620, 10):
        set_clock(monkeypatch, begun + timedelta(minutes=minutes))
        seen.append(access.show_session(db, entered.token) is not None)

    assert seen == [True] * 59 + [False] * 2


@pytest.mark.parametrize("role", Role)
def test_who_sees_no_child_is_signed_out_sooner(db: Database, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    begun = datetime.now(UTC)
    set_clock(monkeypatch, begun)
    entered = enter(db, given_user(db, role=role))
    idle, absolute = (15, 600) if role.sees_children else (5, 120)

    open_at = []
    for minutes in range(4, absolute + 5, 4):
        set_clock(monkeypatch, begun + timedelta(minutes=minutes))
        open_at += [minutes] if access.show_session(db, entered.token) else []
    assert open_at == list(range(4, absolute, 4))
    assert access.why_ended(db, entered.token) == (Why.LONG, None)

    set_clock(monkeypatch, begun)
    again = enter(db, given_user(db, username="again", role=role))
    set_clock(monkeypatch, begun + timedelta(minutes=idle))
    assert access.show_session(db, again.token) is None
    assert access.why_ended(db, again.token) == (Why.IDLE, None)
    with pytest.raises(Refused):
        disclose(db, again.token, "test", lambda _tx, _opened: Told(None, "test"), roles=frozenset(Role))


def ends_newer(db: Database, user: GivenUser, _token: str) -> None:
    enter(db, user, later=1)


def ends_signed_out(db: Database, _user: GivenUser, token: str) -> None:
    access.sign_out(db, token)


def ends_suspended(db: Database, user: GivenUser, _token: str) -> None:
    access.disable_user(db, username=user.username, by="test")


def ends_unvetted(db: Database, _user: GivenUser, _token: str) -> None:
    values_changed(db, "vetted_until")


def ends_untrained(db: Database, _user: GivenUser, _token: str) -> None:
    values_changed(db, "trained_until")


def values_changed(db: Database, name: str) -> None:
    """Yesterday was the last day of a security check or training."""
    yesterday = clock.day_in_england(clock.now()) - timedelta(days=1)
    statement: Any = Statement(f"MATCH (user:User) SET user.{name} = $yesterday")
    db.write(statement, yesterday=yesterday)


@pytest.mark.parametrize("why", [Why.NEWER, Why.SIGNED_OUT, Why.SUSPENDED, Why.UNVETTED, Why.UNTRAINED])
def test_a_session_that_ends_ends_at_once_and_for_good(db: Database, why: Why) -> None:
    user = given_user(db)
    entered = enter(db, user)

    globals()[f"ends_{why}"](db, user, entered.token)

    assert access.show_session(db, entered.token) is None
    ended = access.why_ended(db, entered.token)
    assert ended is not None
    assert ended[0] is why
    for _ in range(size(20, 200)):
        # Nothing that touches a session brings it back, and nothing is told by it.
        assert access.show_session(db, entered.token) is None
        with pytest.raises(Refused, match="session has ended"):
            disclose(db, entered.token, "test", lambda _tx, _opened: Told(None, "test"), roles=frozenset(Role))
    assert values(db, "MATCH (event:AuditEvent {action: 'test'}) RETURN event.key") == []


@pytest.mark.parametrize(
    "alone",
    [
        "session.ended_at = $now",
        "session.expires_at = $now",
        "session.seen_at = 0",
        "user.status = 'suspended'",
        "user.vetted_until = date('2020-01-01')",
        "user.trained_until = date('2020-01-01')",
    ],
)
def test_each_end_is_enough_alone(db: Database, alone: str) -> None:
    """Suspending an account ends its sessions as well: an account that was suspended by any other way has none left."""
    token = given_session(db)
    statement: Any = Statement(f"MATCH (session:Session), (user:User) SET {alone}")
    db.write(statement, now=clock.milliseconds(clock.now()))

    assert access.show_session(db, token) is None
    with pytest.raises(Refused, match="session has ended"):
        disclose(db, token, "test", lambda _tx, _opened: Told(None, "test"), roles=frozenset(Role))
    handle = handle_of(token, given_child(db))
    with pytest.raises(Refused, match="session has ended"):
        show_child(db, token, handle, reason="wellbeing", case_reference="", depth=Depth.SIGNPOST)


def test_nobody_is_told_why_a_session_ended_that_never_was(db: Database) -> None:
    assert access.why_ended(db, "made up") is None


def ends_another_role(db: Database, user: GivenUser, _token: str) -> None:
    """As an administrator's change is saved (graph.services.accounts): an operator sees no child."""
    statement: Any = Statement("MATCH (user:User {username: $username}) SET user.role = 'operator'")
    db.write(statement, username=user.username)


@pytest.mark.parametrize("ends", [ends_suspended, ends_unvetted, ends_another_role, ends_signed_out])
def test_an_end_reaches_every_look_up_that_begins_after_it(db: Database, ends: Callable[..., None]) -> None:
    """A stream of look-ups by 8 threads; each that began after the end was committed tells nothing."""
    user = given_user(db)
    token = enter(db, user).token
    told: list[float] = []
    stop = Event()

    def look() -> None:
        while not stop.is_set():
            began = monotonic()
            try:
                disclose(db, token, "test", lambda _tx, _opened: Told(None, "test"), roles=_SEE_CHILDREN)
            except Refused:
                return
            told.append(began)

    with ThreadPoolExecutor(8) as threads:
        running = [threads.submit(look) for _ in range(8)]
        while len(told) < size(20, 1_000):
            sleep(0.01)
        ends(db, user, token)
        ended = monotonic()
        wait(running, timeout=30)
        stop.set()

    assert all(one.done() for one in running)
    assert [began for began in told if began > ended] == []
    assert audit.verify_log(db) == []


def test_activity_is_written_at_most_once_a_minute(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = datetime.now(UTC)
    set_clock(monkeypatch, begun)
    entered = enter(db, given_user(db))

    seen = []
    for seconds in (30, 61, 90, 122):
        set_clock(monkeypatch, begun + timedelta(seconds=seconds))
        access.show_session(db, entered.token)
        seen.append(values(db, "MATCH (session:Session) RETURN session.seen_at - session.created_at")[0][0])

    assert seen == [0, 61_000, 61_000, 122_000]


def test_disabling_ends_sessions_at_once(db: Database) -> None:
    entered = enter(db, given_user(db))

    access.disable_user(db, username="dawn", by="os:root")

    assert access.show_session(db, entered.token) is None
    assert access.list_users(db) == [
        Account("dawn", "Dawn Okoro", Role.PRACTITIONER, "Hillbrook Primary School", AREA, "disabled")
    ]


def test_an_account_acts_as_its_practitioner(db: Database) -> None:
    given_practitioner(db, practitioner_id="northshire:P1")

    given_user(db, practitioner_id="northshire:P1")

    assert values(db, "MATCH (:User)-[:ACTS_AS]->(who:Practitioner) RETURN who.practitioner_id") == [("northshire:P1",)]


def test_a_username_is_taken_once_and_has_a_shape(db: Database) -> None:
    given_user(db)

    with pytest.raises(Conflict, match="dawn is taken"):
        given_user(db)
    with pytest.raises(Refused, match="small letters"):
        given_user(db, username="Dawn Okoro")
    with pytest.raises(NotFound, match="no account nobody"):
        access.disable_user(db, username="nobody", by="test")


def test_no_secret_lies_in_the_graph(db: Database) -> None:
    user = given_user(db)
    entered = enter(db, user)

    kept = repr(values(db, "MATCH (node) WHERE NOT node:Migration RETURN properties(node)"))

    seed = pyotp.parse_uri(user.totp_uri).secret
    assert not [secret for secret in (user.password, seed, entered.token) if secret in kept]
