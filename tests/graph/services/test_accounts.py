"""Tests for graph.services.accounts: two people make an account, its user opens it once."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from graph.model import clock
from graph.model.errors import Conflict, NotFound, Refused, SignpostError, Unproven
from graph.model.roles import Role
from graph.services import access, accounts, audit, fresh, passkeys, secret_box
from graph.services.access import Why
from graph.services.accounts import Asked, Choice, Details, Kind
from graph.services.fresh import Action
from graph.services.guessing import Whence
from graph.services.passkeys import RelyingParty
from graph.store import Database
from tests.authenticator import Authenticator
from tests.builders import given_session, given_user, values

HERE = RelyingParty("http://localhost:8000")
PASSWORD = "kettle orbit walnut"
WANTED = Details("Kim Lake", Role.PRACTITIONER, "Harbour", authority="E06000001")


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNPOST_KEYS", str(tmp_path / "keys"))
    monkeypatch.setattr(secret_box, "_kept", secret_box.key_in)


def administrator(db: Database, username: str) -> str:
    return given_session(db, username=username, name=username.title(), role=Role.ADMINISTRATOR, authority=None)


@pytest.fixture
def two(db: Database) -> tuple[str, str]:
    return administrator(db, "lee"), administrator(db, "alex")


def proves(db: Database, token: str, application_id: str) -> None:
    """What a code or passkey leaves behind; those are tested in test_passkeys.py."""
    now = clock.milliseconds(clock.now())
    db.transact(lambda tx: fresh._save(tx, token, Action.ACCOUNT, application_id, "code", now))


def approved(db: Database, token: str, asked: Asked) -> str:
    proves(db, token, asked.application_id)
    found = accounts.approve(db, token, asked.application_id, HERE.origin)
    assert found is not None
    return found.rpartition("/")[2]


def made(db: Database, two: tuple[str, str]) -> tuple[str, str]:
    """The link and the word of a new account."""
    asked = accounts.ask(db, two[0], Kind.NEW, "kim", WANTED)
    return approved(db, two[1], asked), asked.word or ""


def choice(word: str, **other: str) -> Choice:
    seed = accounts.new_seed()
    usual = {"password": PASSWORD, "seed": seed, "code": pyotp.TOTP(seed).at(clock.now())}
    return Choice(word, **usual | other)


def acts(db: Database) -> list[tuple[str, str]]:
    text = "MATCH (e:AuditEvent) WHERE e.action STARTS WITH 'user.' RETURN e.action, e.decision ORDER BY e.at, e.key"
    return [(str(action), str(decision)) for action, decision in values(db, text)]


def test_two_make_an_account_and_its_user_opens_it(db: Database, two: tuple[str, str]) -> None:
    link, word = made(db, two)
    assert accounts.show_activation(db, link).name == "Kim Lake"
    chosen = choice(word)

    accounts.activate(db, HERE, link, chosen)

    later = pyotp.TOTP(chosen.seed).at(clock.now() + timedelta(seconds=30))
    entered = access.sign_in(db, username="kim", password=PASSWORD, code=later)
    assert (entered.session.name, entered.session.role) == ("Kim Lake", Role.PRACTITIONER)
    assert entered.session.authority == "E06000001"
    with pytest.raises(NotFound):
        accounts.activate(db, HERE, link, choice(word))
    assert acts(db) == [("user.ask", "allowed"), ("user.approve", "allowed"), ("user.activate", "allowed")]
    assert audit.verify_log(db) == []


def test_the_code_that_opened_an_account_is_spent(db: Database, two: tuple[str, str]) -> None:
    link, word = made(db, two)
    chosen = choice(word)
    accounts.activate(db, HERE, link, chosen)

    with pytest.raises(Refused):
        access.sign_in(db, username="kim", password=PASSWORD, code=chosen.code)


def test_an_account_can_be_opened_with_a_passkey(db: Database, two: tuple[str, str]) -> None:
    link, word = made(db, two)
    key = Authenticator()
    sent = key.make(accounts.ask_passkey(db, HERE, link))

    accounts.activate(db, HERE, link, Choice(word, PASSWORD, credential=sent))

    entered = passkeys.sign_in(db, HERE, "a", key.answer(passkeys.ask_sign_in(db, HERE, "a")), Whence())
    assert entered.session.username == "kim"
    with pytest.raises(Refused):
        access.sign_in(db, username="kim", password=PASSWORD, code="000000")


def test_a_passkey_of_another_link_opens_nothing(db: Database, two: tuple[str, str]) -> None:
    link, word = made(db, two)
    other = approved(db, two[1], accounts.ask(db, two[0], Kind.NEW, "other", WANTED))
    sent = Authenticator().make(accounts.ask_passkey(db, HERE, other))

    with pytest.raises(Refused):
        accounts.activate(db, HERE, link, Choice(word, PASSWORD, credential=sent))


def test_nobody_approves_what_they_asked_for_or_what_is_about_them(db: Database, two: tuple[str, str]) -> None:
    lee, alex = two
    asked = accounts.ask(db, lee, Kind.NEW, "kim", WANTED)
    about = accounts.ask(db, lee, Kind.CHANGE, "alex", Details("Alex", Role.AUDITOR, "Signpost operations"))
    for token, application in ((lee, asked), (lee, about), (alex, about)):
        proves(db, token, application.application_id)
        with pytest.raises(Refused, match="Ask another administrator"):
            accounts.approve(db, token, application.application_id, HERE.origin)
    shown, may = accounts.show_application(db, lee, asked.application_id)
    assert (shown.asker, may) == ("Lee", False)
    assert values(db, "MATCH (u:User {username: 'kim'}) RETURN u.user_id") == []


def test_approving_needs_a_proof_for_this_very_application(db: Database, two: tuple[str, str]) -> None:
    lee, alex = two
    asked = accounts.ask(db, lee, Kind.NEW, "kim", WANTED)
    proves(db, alex, "another")

    with pytest.raises(Unproven) as error:
        accounts.approve(db, alex, asked.application_id, HERE.origin)

    assert (error.value.action, error.value.about) == ("account", asked.application_id)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_do_any_of_it(db: Database, two: tuple[str, str], role: Role) -> None:
    asked = accounts.ask(db, two[0], Kind.NEW, "kim", WANTED)
    other = given_session(db, username="other", role=role)
    proves(db, other, asked.application_id)

    for act in (
        lambda: accounts.list_accounts(db, other),
        lambda: accounts.show_account(db, other, "lee"),
        lambda: accounts.show_application(db, other, asked.application_id),
        lambda: accounts.ask(db, other, Kind.NEW, "more", WANTED),
        lambda: accounts.approve(db, other, asked.application_id, HERE.origin),
        lambda: accounts.decline(db, other, asked.application_id),
        lambda: accounts.suspend(db, other, "lee"),
    ):
        with pytest.raises(Refused, match="Your role"):
            act()
    assert [decision for _, decision in acts(db)] == ["allowed"] + ["denied"] * 7


def test_a_link_is_good_once_whoever_uses_it_side_by_side(db: Database, two: tuple[str, str]) -> None:
    link, word = made(db, two)

    def submit(_: int) -> bool:
        try:
            accounts.activate(db, HERE, link, choice(word))
        except SignpostError:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(submit, range(20))) == 1
    assert values(db, "MATCH (a:Activation) RETURN a.tries") == [(0,)]


def test_what_was_asked_for_is_decided_once_side_by_side(db: Database, two: tuple[str, str]) -> None:
    asked = accounts.ask(db, two[0], Kind.NEW, "kim", WANTED)
    deciders = [administrator(db, f"admin{number}") for number in range(6)]
    for token in deciders:
        proves(db, token, asked.application_id)

    def submit(token: str) -> bool:
        try:
            accounts.approve(db, token, asked.application_id, HERE.origin)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(submit, deciders)) == 1


def test_a_link_dies_after_a_day_and_after_five_wrong_words(
    db: Database, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, word = made(db, two)
    for _ in range(5):
        with pytest.raises(Refused, match="not right"):
            accounts.activate(db, HERE, link, choice("wrong-words"))
    with pytest.raises(NotFound):
        accounts.activate(db, HERE, link, choice(word))

    begun = datetime.now(UTC)
    asked = accounts.ask(db, two[0], Kind.NEW, "late", WANTED)
    late = approved(db, two[1], asked)
    monkeypatch.setattr(clock, "now", lambda: begun + timedelta(hours=24, minutes=1))
    with pytest.raises(NotFound):
        accounts.show_activation(db, late)


@pytest.mark.parametrize("bad", [{"code": "000000"}, {"seed": "", "code": ""}, {"password": "too short"}])
def test_nothing_is_opened_with_less(db: Database, two: tuple[str, str], bad: dict[str, str]) -> None:
    link, word = made(db, two)

    with pytest.raises(Refused):
        accounts.activate(db, HERE, link, choice(word, **bad))

    assert values(db, "MATCH (u:User {username: 'kim'}) RETURN u.status") == [("invited",)]


def test_a_change_ends_the_sessions_and_holds_from_then_on(db: Database, two: tuple[str, str]) -> None:
    token = given_session(db, username="kim", role=Role.PRACTITIONER)
    wanted = Details(
        "Kim Lake", Role.OPERATOR, "Signpost operations", trained_until=date(2030, 1, 1), children_a_day=300
    )
    asked = accounts.ask(db, two[0], Kind.CHANGE, "kim", wanted)
    assert asked.word is None
    assert access.show_session(db, token) is not None, "Nothing changes before it is approved."
    proves(db, two[1], asked.application_id)

    assert accounts.approve(db, two[1], asked.application_id, HERE.origin) is None

    ended = access.why_ended(db, token)
    assert ended is not None
    assert ended[0] is Why.CHANGED
    account, _ = accounts.show_account(db, two[0], "kim")
    assert (account.role, account.organisation, account.trained_until, account.children_a_day) == (
        "operator",
        "Signpost operations",
        date(2030, 1, 1),
        300,
    )
    back = accounts.ask(db, two[0], Kind.CHANGE, "kim", replace(wanted, children_a_day=None))
    proves(db, two[1], back.application_id)
    accounts.approve(db, two[1], back.application_id, HERE.origin)
    assert accounts.show_account(db, two[0], "kim")[0].children_a_day is None


def test_who_is_suspended_is_not_let_in_again_by_what_was_asked_for_before(db: Database, two: tuple[str, str]) -> None:
    given_user(db, username="kim")
    asked = accounts.ask(db, two[0], Kind.RESET, "kim")
    access.save_children_a_day(db, username="kim", children=20, by="test")

    accounts.suspend(db, two[1], "kim")

    proves(db, two[1], asked.application_id)
    with pytest.raises(NotFound):
        accounts.approve(db, two[1], asked.application_id, HERE.origin)
    assert accounts.show_account(db, two[0], "kim")[0].status == "disabled"
    again = accounts.ask(db, two[0], Kind.RESET, "kim")
    access.save_children_a_day(db, username="kim", children=30, by="test")
    assert approved(db, two[1], again)
    assert accounts.show_account(db, two[0], "kim")[0].children_a_day == 30


def test_a_new_link_ends_every_way_in_that_was_before(db: Database, two: tuple[str, str]) -> None:
    user = given_user(db, username="kim")
    token = access.sign_in(db, username="kim", password=user.password, code=user.code()).token
    asked = accounts.ask(db, two[0], Kind.RESET, "kim")

    link = approved(db, two[1], asked)

    assert access.show_session(db, token) is None
    with pytest.raises(Refused):
        access.sign_in(db, username="kim", password=user.password, code=user.code(1))
    accounts.activate(db, HERE, link, choice(asked.word or ""))
    with pytest.raises(Refused):
        access.sign_in(db, username="kim", password=user.password, code=user.code(1))


def test_one_administrator_suspends_at_once_and_never_themselves(db: Database, two: tuple[str, str]) -> None:
    token = given_session(db, username="kim")

    accounts.suspend(db, two[0], "kim")

    assert access.show_session(db, token) is None
    with pytest.raises(Refused, match="suspend yourself"):
        accounts.suspend(db, two[0], "lee")
    with pytest.raises(NotFound):
        accounts.suspend(db, two[0], "nobody")


def test_what_cannot_be_asked_for(db: Database, two: tuple[str, str]) -> None:
    given_session(db, username="kim")
    with pytest.raises(Conflict, match="taken"):
        accounts.ask(db, two[0], Kind.NEW, "kim", WANTED)
    with pytest.raises(NotFound):
        accounts.ask(db, two[0], Kind.RESET, "nobody")
    with pytest.raises(Refused, match="small letters"):
        accounts.ask(db, two[0], Kind.NEW, "Kim Lake", WANTED)
    accounts.ask(db, two[0], Kind.RESET, "kim")
    with pytest.raises(Conflict, match="waits for a decision"):
        accounts.ask(db, two[1], Kind.RESET, "kim")


def test_who_asked_may_take_it_back(db: Database, two: tuple[str, str]) -> None:
    asked = accounts.ask(db, two[0], Kind.NEW, "kim", WANTED)
    accounts.decline(db, two[0], asked.application_id)

    assert accounts.list_accounts(db, two[0])[1] == []
    with pytest.raises(NotFound):
        accounts.approve(db, two[1], asked.application_id, HERE.origin)


def test_the_first_two_come_from_the_terminal_and_no_third(db: Database) -> None:
    for username in ("lee", "alex"):
        made_first = accounts.first(db, username=username, name=username.title(), origin=HERE.origin, by="os:root")
        accounts.activate(db, HERE, made_first.link.rpartition("/")[2], choice(made_first.word))

    with pytest.raises(Refused, match="There are two administrators"):
        accounts.first(db, username="third", name="Third", origin=HERE.origin, by="os:root")
    assert acts(db).count(("user.first", "allowed")) == 2


def test_no_link_word_or_password_lies_in_the_graph(db: Database, two: tuple[str, str]) -> None:
    link, word = made(db, two)
    accounts.activate(db, HERE, link, choice(word))

    kept = repr(values(db, "MATCH (node) WHERE NOT node:Migration RETURN properties(node)"))

    assert not [secret for secret in (link, word, PASSWORD) if secret in kept]
    assert re.fullmatch(r"[a-z2-9]{5}-[a-z2-9]{5}", word)
