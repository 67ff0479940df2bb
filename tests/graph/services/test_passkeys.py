"""Tests for graph.services.passkeys, own_sign_in and fresh: test 16 of security.md at the size of CI."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import clock
from graph.model.errors import Conflict, NotFound, Refused, SignpostError, Unproven
from graph.services import access, audit, fresh, own_sign_in, passkeys, secret_box
from graph.services.access import Why
from graph.services.fresh import Action
from graph.services.guessing import Whence
from graph.services.passkeys import RelyingParty
from graph.store import Database
from tests.authenticator import Authenticator
from tests.builders import GivenUser, given_user, values
from tests.sizes import size

HERE = RelyingParty("http://localhost:8000")
WHENCE = Whence("192.0.2.7")


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNPOST_KEYS", str(tmp_path / "keys"))
    monkeypatch.setattr(secret_box, "_kept", secret_box.key_in)


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def enter(db: Database, user: GivenUser, later: int = 0) -> str:
    return access.sign_in(db, username=user.username, password=user.password, code=user.code(later)).token


def with_passkey(db: Database, user: GivenUser, key: Authenticator | None = None) -> tuple[str, Authenticator]:
    """The token of a user who has signed in by code, proven it afresh and added a passkey."""
    held = key or Authenticator()
    token = enter(db, user)
    fresh.prove_by_code(db, token, Action.KEYS, "", user.code(1))
    options = own_sign_in.ask_new_passkey(db, HERE, token)
    own_sign_in.add_passkey(db, HERE, token, "work laptop", held.make(options))
    return token, held


def comes_in(db: Database, key: Authenticator, attempt: str = "attempt") -> access.SignedIn:
    options = passkeys.ask_sign_in(db, HERE, attempt)
    return passkeys.sign_in(db, HERE, attempt, key.answer(options), WHENCE)


def denied(db: Database) -> list[str]:
    rows = values(db, "MATCH (e:AuditEvent {decision: 'denied'}) RETURN e.content ORDER BY e.at, e.key")
    return [json.loads(row[0])["rule"] for row in rows]


def test_a_passkey_opens_a_session_and_ends_the_other(db: Database) -> None:
    user = given_user(db)
    first, key = with_passkey(db, user)

    entered = comes_in(db, key)

    session = access.show_session(db, entered.token)
    assert session is not None
    assert session.username == "dawn"
    ended = access.why_ended(db, first)
    assert ended is not None
    assert ended[0] is Why.NEWER
    held = own_sign_in.show_own(db, entered.token)
    assert [(one.name, one.used_at is not None) for one in held.passkeys] == [("work laptop", True)]
    assert [one.proven_by for one in held.sessions] == ["passkey", "password and code"]
    assert [one.this for one in held.sessions] == [True, False]
    assert audit.verify_log(db) == []


def test_the_options_say_what_is_asked_of_an_authenticator(db: Database) -> None:
    user = given_user(db)
    token, key = with_passkey(db, user)

    made = json.loads(own_sign_in.ask_new_passkey(db, HERE, token))
    asked = json.loads(passkeys.ask_sign_in(db, HERE, "attempt"))

    assert made["authenticatorSelection"]["userVerification"] == asked["userVerification"] == "required"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["rp"]["id"] == asked["rpId"] == "localhost"
    assert [one["id"] for one in made["excludeCredentials"]] == [json.loads(key.make(json.dumps(made)))["id"]]
    assert "allowCredentials" not in asked or asked["allowCredentials"] == [], "Nobody is named beforehand."
    assert max(made["timeout"], asked["timeout"]) <= 120_000


@pytest.mark.parametrize(
    "bent",
    [
        {"verifies": False},
        {"origin": "https://signpost.example"},
        {"origin": "http://localhost:8001"},
        {"rp_id": "signpost.example"},
    ],
    ids=str,
)
def test_what_is_bent_is_refused_when_made_and_when_answered(db: Database, bent: dict[str, object]) -> None:
    user = given_user(db)
    token, key = with_passkey(db, user)
    other = Authenticator(**bent)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="could not be added"):
        own_sign_in.add_passkey(db, HERE, token, "other", other.make(own_sign_in.ask_new_passkey(db, HERE, token)))

    for name, value in bent.items():
        setattr(key, name, value)
    with pytest.raises(Refused, match="not accepted"):
        comes_in(db, key)

    assert len(passkeys.list_passkeys(db, values(db, "MATCH (u:User) RETURN u.user_id")[0][0])) == 1


@pytest.mark.parametrize("back", [0, 3])
def test_a_count_of_uses_that_does_not_grow_is_refused(db: Database, back: int) -> None:
    _, key = with_passkey(db, given_user(db))
    for _ in range(4):
        comes_in(db, key)
    key.count -= back

    options = passkeys.ask_sign_in(db, HERE, "attempt")
    with pytest.raises(Refused):
        passkeys.sign_in(db, HERE, "attempt", key.answer(options, stays=True), WHENCE)

    assert denied(db)[-1] == "sign-in refused: sign count went back"


def test_an_answer_by_another_key_or_for_another_user_is_refused(db: Database) -> None:
    _, key = with_passkey(db, given_user(db))
    _, others = with_passkey(db, given_user(db, username="other"))
    forged = Authenticator(credential_id=key.credential_id, user_handle=key.user_handle)
    unknown = Authenticator(user_handle=key.user_handle)
    mixed = Authenticator(credential_id=key.credential_id, key=key.key, user_handle=others.user_handle)

    for wrong in (forged, unknown, mixed):
        with pytest.raises(Refused, match="not accepted"):
            comes_in(db, wrong)

    assert denied(db)[-3:] == [
        "sign-in refused: passkey",
        "sign-in refused: unknown passkey",
        "sign-in refused: passkey of another user",
    ]


def test_a_challenge_is_good_for_one_browser_one_purpose_and_two_minutes(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = given_user(db)
    token, key = with_passkey(db, user)
    mine = passkeys.ask_sign_in(db, HERE, "attempt")
    with pytest.raises(Refused):
        passkeys.sign_in(db, HERE, "another browser", key.answer(mine), WHENCE)
    with pytest.raises(Refused):
        fresh.prove_by_passkey(db, HERE, token, Action.MERGE, "", key.answer(passkeys.ask_sign_in(db, HERE, token)))
    proof = fresh.ask_passkey(db, HERE, token, Action.MERGE, "one")
    with pytest.raises(Refused):
        fresh.prove_by_passkey(db, HERE, token, Action.MERGE, "another", key.answer(proof))
    with pytest.raises(Refused):
        fresh.prove_by_passkey(db, HERE, token, Action.EXPORT, "one", key.answer(proof))

    set_clock(monkeypatch, datetime.now(UTC) + timedelta(seconds=119))
    assert passkeys.sign_in(db, HERE, "attempt", key.answer(mine), WHENCE).token
    late = passkeys.ask_sign_in(db, HERE, "attempt")
    set_clock(monkeypatch, datetime.now(UTC) + timedelta(seconds=119 + 121))
    with pytest.raises(Refused):
        passkeys.sign_in(db, HERE, "attempt", key.answer(late), WHENCE)


def test_challenges_that_have_run_out_are_swept_away(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        passkeys.ask_sign_in(db, HERE, "attempt")
    set_clock(monkeypatch, datetime.now(UTC) + timedelta(minutes=11))

    passkeys.ask_sign_in(db, HERE, "attempt")

    assert len(values(db, "MATCH (c:Challenge) RETURN c.key")) == 1


@pytest.mark.slow
def test_a_challenge_is_good_once_under_many_submissions(db: Database) -> None:
    _, key = with_passkey(db, given_user(db))
    # An authenticator that counts nothing: only the challenge stands in the way.
    key.count = -1
    many = size(30, 50)
    for _ in range(size(3, 200)):
        key.count = 0
        options = passkeys.ask_sign_in(db, HERE, "attempt")
        sent = key.answer(options, stays=True)

        def submit(_: int, sent: str = sent) -> bool:
            try:
                passkeys.sign_in(db, HERE, "attempt", sent, WHENCE)
            except Refused:
                return False
            return True

        with ThreadPoolExecutor(many) as threads:
            assert sum(threads.map(submit, range(many))) == 1
    assert audit.verify_log(db) == []


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "[" * 5_000, '{"id": "a"}', "\ud800", '{"id": NaN}'])
def test_what_is_no_answer_is_refused(db: Database, text: str) -> None:
    with pytest.raises(Refused):
        passkeys.sign_in(db, HERE, "attempt", text, WHENCE)
    with pytest.raises(Refused):
        passkeys.read_new(text)


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_changed_in_an_answer_opens_nothing(migrated_graph: Database, data: st.DataObject) -> None:
    db = migrated_graph
    key = Authenticator()
    part = data.draw(st.sampled_from(["clientDataJSON", "authenticatorData", "signature", "userHandle"]))
    bad = data.draw(st.one_of(st.text(max_size=40), st.none(), st.integers(), st.binary(max_size=60).map(bytes.hex)))
    sent = json.loads(key.answer(passkeys.ask_sign_in(db, HERE, "attempt")))
    sent["response"][part] = bad

    with pytest.raises(SignpostError):
        passkeys.sign_in(db, HERE, "attempt", json.dumps(sent), WHENCE)


def test_adding_and_taking_away_need_a_fresh_proof(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    user = given_user(db)
    token = enter(db, user)
    with pytest.raises(Unproven):
        own_sign_in.ask_new_passkey(db, HERE, token)
    fresh.prove_by_code(db, token, Action.KEYS, "", user.code(1))
    first = Authenticator()
    options = own_sign_in.ask_new_passkey(db, HERE, token)
    own_sign_in.add_passkey(db, HERE, token, "first", first.make(options))
    second = own_sign_in.ask_new_passkey(db, HERE, token)

    set_clock(monkeypatch, datetime.now(UTC) + timedelta(minutes=5, seconds=1))
    with pytest.raises(Unproven):
        own_sign_in.add_passkey(db, HERE, token, "second", Authenticator().make(second))
    with pytest.raises(Unproven):
        own_sign_in.remove_passkey(db, token, "0" * 16)
    assert denied(db) == ["no fresh proof"] * 2


def test_two_passkeys_can_be_held_and_each_taken_away(db: Database) -> None:
    user = given_user(db)
    token, first = with_passkey(db, user)
    second = Authenticator()
    own_sign_in.add_passkey(db, HERE, token, "key ring", second.make(own_sign_in.ask_new_passkey(db, HERE, token)))
    token = comes_in(db, second).token
    fresh.prove_by_passkey(
        db, HERE, token, Action.KEYS, "", second.answer(fresh.ask_passkey(db, HERE, token, Action.KEYS, ""))
    )
    held = own_sign_in.show_own(db, token).passkeys
    assert [one.name for one in held] == ["work laptop", "key ring"]

    own_sign_in.remove_passkey(db, token, held[0].key)

    with pytest.raises(Refused):
        comes_in(db, first)
    with pytest.raises(NotFound):
        own_sign_in.remove_passkey(db, token, held[0].key)
    assert comes_in(db, second)


def test_the_same_passkey_is_not_kept_twice_nor_for_another(db: Database) -> None:
    token, key = with_passkey(db, given_user(db))
    with pytest.raises(Conflict):
        own_sign_in.add_passkey(db, HERE, token, "again", key.make(own_sign_in.ask_new_passkey(db, HERE, token)))
    with pytest.raises(Conflict):
        with_passkey(db, given_user(db, username="other"), key)


def test_nobody_adds_a_passkey_with_what_another_session_was_asked(db: Database) -> None:
    token, _ = with_passkey(db, given_user(db))
    others, _ = with_passkey(db, given_user(db, username="other"))
    options = own_sign_in.ask_new_passkey(db, HERE, others)

    with pytest.raises(Refused, match="could not be added"):
        own_sign_in.add_passkey(db, HERE, token, "mine now", Authenticator().make(options))


def test_strangers_who_guess_keep_nobody_with_a_passkey_out(db: Database) -> None:
    _, key = with_passkey(db, given_user(db))
    for _ in range(5):
        with pytest.raises(Refused):
            access.sign_in(db, username="dawn", password="x", code="0", whence=WHENCE)

    assert comes_in(db, key)


def test_a_suspended_account_opens_for_no_passkey(db: Database) -> None:
    _, key = with_passkey(db, given_user(db))
    access.disable_user(db, username="dawn", by="test")

    with pytest.raises(Refused, match="not accepted"):
        comes_in(db, key)
    assert denied(db) == ["sign-in refused: account"]


def test_a_proof_holds_for_one_session_one_act_and_five_minutes(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = datetime.now(UTC)
    set_clock(monkeypatch, begun)
    user = given_user(db)
    token = enter(db, user)
    fresh.prove_by_code(db, token, Action.OVERRIDE, "child", user.code(1))

    fresh.check(db, token, Action.OVERRIDE, "child")
    for other in ((token, Action.OVERRIDE, "another"), (token, Action.MERGE, "child"), ("x", Action.OVERRIDE, "child")):
        with pytest.raises(Unproven):
            fresh.check(db, *other)
    set_clock(monkeypatch, begun + timedelta(minutes=5, seconds=1))
    with pytest.raises(Unproven):
        fresh.check(db, token, Action.OVERRIDE, "child")


def test_codes_for_a_proof_are_good_once_and_guessing_them_is_slowed(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = datetime.now(UTC)
    set_clock(monkeypatch, begun)
    user = given_user(db)
    token = enter(db, user)
    code = user.code(1)

    def submit(number: int) -> bool:
        try:
            fresh.prove_by_code(db, token, Action.EXPORT, str(number), code)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(submit, range(20))) == 1
    set_clock(monkeypatch, begun + timedelta(seconds=31))
    with pytest.raises(Refused):
        fresh.prove_by_code(db, token, Action.EXPORT, "", user.code(1))
    set_clock(monkeypatch, begun + timedelta(minutes=16))
    token = enter(db, user)
    fresh.prove_by_code(db, token, Action.EXPORT, "", user.code(1))


def test_a_right_code_takes_the_brake_off_the_next(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = datetime.now(UTC)
    set_clock(monkeypatch, begun)
    user = given_user(db)
    token = enter(db, user)

    def wrong(times: int) -> None:
        for _ in range(times):
            with pytest.raises(Refused):
                fresh.prove_by_code(db, token, Action.EXPORT, "", "000000")

    wrong(3)
    set_clock(monkeypatch, begun + timedelta(minutes=2))
    fresh.prove_by_code(db, token, Action.EXPORT, "", user.code(1))
    wrong(3)
    set_clock(monkeypatch, begun + timedelta(minutes=3.5))
    fresh.prove_by_code(db, token, Action.EXPORT, "", user.code(1))


def test_ending_all_sessions_ends_this_one(db: Database) -> None:
    token = enter(db, given_user(db))

    own_sign_in.end_sessions(db, token)

    assert access.show_session(db, token) is None
    with pytest.raises(Refused):
        own_sign_in.show_own(db, token)


@pytest.mark.parametrize("name", ["", "x" * 31, "<b>", "a\nb\u202e"])
def test_the_name_of_a_passkey_is_short_and_plain(name: str) -> None:
    with pytest.raises(Refused):
        passkeys.check_name(name)
