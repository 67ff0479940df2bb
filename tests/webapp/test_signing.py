"""Signing in and out as a browser meets it: what is told, what is not, and which devices are known."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graph.model.roles import Role
from graph.services import access
from graph.store import Database
from tests.builders import GivenUser, given_session, given_user
from tests.webapp.conftest import token_of
from tests.webapp.pages import read_page
from webapp.whence import address


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


def _sent(client: FlaskClient, username: str, password: str = "wrong", code: str = "000000"):
    form = {"username": username, "password": password, "code": code, "csrf_token": token_of(client)}
    return client.post("/sign-in", data=form)


def test_the_loser_of_two_sessions_is_told_why(db: Database, site: Flask, client: FlaskClient, sign_in):
    user = given_user(db)
    sign_in(client, user)
    other = site.test_client()
    answer = _sent(other, user.username, user.password, user.code(1))
    assert answer.status_code == 302

    assert client.get("/find-a-child").headers["Location"] == "/sign-in"
    with client.session_transaction() as kept:
        assert "token" not in kept
    page = read_page(client.get("/sign-in"))
    assert re.search(r"signed out here at \d\d:\d\d, because somebody signed in", page.get_text())
    assert "somebody signed in" not in read_page(client.get("/sign-in")).get_text(), "It is told once."


def test_who_was_never_signed_in_is_told_nothing(client: FlaskClient):
    assert client.get("/find-a-child").headers["Location"] == "/sign-in"

    with client.session_transaction() as kept:
        assert dict(kept) == {}


def test_every_page_says_who_is_signed_in_whatever_other_programs_left_in_the_browser(
    db: Database, client: FlaskClient
):
    """Another program on this machine may use Flask-Login too, and browsers keep cookies by machine, not by port."""
    token = given_session(db, role=Role.OPERATOR)
    with client.session_transaction() as session:
        session["token"] = token
    client.set_cookie("remember_token", "1|" + "0" * 128)

    for shown in ("/console", "/help"):
        page = read_page(client.get(shown))
        assert page.select_one(".bar__user button") is not None
        assert "Dawn" in page.select(".bar__user span")[0].get_text()


def test_a_form_sent_after_the_end_says_why_and_does_nothing(db: Database, client: FlaskClient):
    token = given_session(db, role=Role.OPERATOR)
    with client.session_transaction() as session:
        session["token"] = token
    found = read_page(client.get("/console")).select_one("header input[name=csrf_token]")
    assert found is not None
    access.disable_user(db, username="dawn", by="test")

    answer = client.post("/console/quality", data={"csrf_token": found["value"]})

    assert answer.status_code == 403
    assert "Your account has been suspended." in read_page(answer).get_text()


def test_a_browser_that_came_in_is_known_again(db: Database, client: FlaskClient, sign_in):
    user = given_user(db)
    sign_in(client, user)
    device = client.get_cookie("device")
    assert device is not None
    assert device.http_only
    assert device.same_site == "Strict"
    client.post("/sign-out", data={"csrf_token": token_of_page(client)})
    stranger = client.application.test_client()
    for _ in range(4):
        assert _sent(stranger, user.username).status_code == 403

    assert _sent(stranger, user.username, user.password, user.code(1)).status_code == 403
    assert _sent(client, user.username, user.password, user.code(1)).status_code == 302
    kept = client.get_cookie("device")
    assert kept is not None
    assert kept.value == device.value


def token_of_page(client: FlaskClient) -> str:
    found = read_page(client.get("/help")).select_one("header input[name=csrf_token]")
    assert found is not None
    return str(found["value"])


def _bytes(client: FlaskClient, username: str) -> str:
    """The answer to a wrong password, without what differs between any two answers."""
    answer = _sent(client, username)
    text = answer.get_data(as_text=True)
    for changing in (r'nonce="[^"]*"', r'name="csrf_token" value="[^"]*"', re.escape(f'value="{username}"')):
        text = re.sub(changing, "", text)
    headers = sorted(name for name, _ in answer.headers)
    return f"{answer.status_code} {headers} {text}"


def test_unknown_and_disabled_accounts_are_answered_alike(db: Database, site: Flask):
    given_user(db, username="known")
    given_user(db, username="disabled")
    access.disable_user(db, username="disabled", by="test")
    given_session(db, username="without")

    # Those who were slowed after three failures, too.
    answers = {
        _bytes(site.test_client(), name) for name in ("known", "disabled", "unknown", "without") for _ in range(5)
    }

    assert len(answers) == 1


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        ((), "203.0.113.9", "127.0.0.1"),
        (("10.0.0.1",), "203.0.113.9", "127.0.0.1"),
        (("127.0.0.1",), "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (("*",), "203.0.113.9", "203.0.113.9"),
        (("127.0.0.1",), "", ""),
    ],
)
def test_only_our_own_proxy_says_who_asks(bare_site: Flask, monkeypatch, proxies, forwarded, found):
    monkeypatch.setitem(bare_site.config, "SIGNPOST_PROXIES", proxies)
    with bare_site.test_request_context(
        "/", headers={"X-Forwarded-For": forwarded}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    ):
        assert address() == found


def test_what_a_script_asks_for_without_a_token_is_refused(db: Database, client: FlaskClient):
    assert client.post("/passkey/challenge").status_code == 400

    answer = client.post("/passkey/challenge", data={"csrf_token": token_of(client)})

    assert answer.mimetype == "application/json"
    assert answer.get_json()["userVerification"] == "required"
    assert client.post("/prove/challenge", data={"csrf_token": token_of(client)}).status_code == 403


def test_a_made_up_passkey_is_refused_on_the_page(db: Database, client: FlaskClient):
    answer = client.post("/passkey", data={"csrf_token": token_of(client), "credential": "{}"})

    assert answer.status_code == 403
    assert "could not be read" in read_page(answer).get_text()


def test_a_fresh_proof_leads_back_to_what_asked_for_it(db: Database, client: FlaskClient, sign_in):
    user: GivenUser = given_user(db)
    sign_in(client, user)
    assert client.get("/prove").headers["Location"] == "/", "Nothing waits."

    assert client.get("/your-sign-in/passkeys/new").headers["Location"] == "/prove"
    wrong = client.post("/prove", data={"csrf_token": token_of(client, "/prove"), "code": "000000"})
    assert wrong.status_code == 403
    right = client.post("/prove", data={"csrf_token": token_of(client, "/prove"), "code": user.code(1)})

    assert right.headers["Location"] == "/your-sign-in/passkeys/new"
    assert client.get("/your-sign-in/passkeys/new").status_code == 200
