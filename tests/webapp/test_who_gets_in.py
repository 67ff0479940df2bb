"""Every address by every method for every kind of visitor, from the application's own table, against what people wrote.

What each address asks for stands in tests/data/routes.txt; who comes through with it stands in the table below. What
somebody sees of a child once they are through is in test_what_is_seen.py.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from graph.model import clock
from graph.model.roles import Role
from graph.services import access
from graph.store import Database
from tests.builders import given_session, given_user, values
from tests.conftest import Statement, empty
from tests.webapp.conftest import token_of
from webapp.access import Permission
from webapp.database import keep_database

ROUTES = Path(__file__).parent.parent / "data" / "routes.txt"
# What ends the session is asked for in a session of its own.
_ENDING = ("/your-sign-in/end", "/sign-out")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

# in: the page answers. sign: asked to sign in. no: told that it is not for them.
TABLE = """
                         public  signed in  look up children  see an area  read the console  operate loads  settle requests  review matches  see who looked  administer accounts  read the audit  watch who looks  look after shields  broker contact  answer to families
nobody                   in      sign       sign              sign         sign              sign           sign             sign            sign            sign                 sign            sign             sign                sign            sign
half signed in           in      sign       sign              sign         sign              sign           sign             sign            sign            sign                 sign            sign             sign                sign            sign
practitioner             in      in         in                no           no                no             no               no              no              no                   no              no               no                  no              no
statutory practitioner   in      in         in                no           no                no             no               no              no              no                   no              no               no                  no              no
safeguarding lead        in      in         in                in           no                no             no               no              no              no                   no              no               in                  no              no
data manager             in      in         in                in           no                no             in               in              in              no                   no              no               in                  in              in
operator                 in      in         no                no           in                in             no               no              no              no                   no              no               no                  no              no
auditor                  in      in         no                no           in                no             no               no              in              no                   in              in               no                  no              no
administrator            in      in         no                no           no                no             no               no              no              in                   no              no               no                  no              no
suspended                in      sign       sign              sign         sign              sign           sign             sign            sign            sign                 sign            sign             sign                sign            sign
security check expired   in      sign       sign              sign         sign              sign           sign             sign            sign            sign                 sign            sign             sign                sign            sign
training expired         in      sign       sign              sign         sign              sign           sign             sign            sign            sign                 sign            sign             sign                sign            sign
leaver                   in      sign       sign              sign         sign              sign           sign             sign            sign            sign                 sign            sign             sign                sign            sign
signed out               in      sign       sign              sign         sign              sign           sign             sign            sign            sign                 sign            sign             sign                sign            sign
idle too long            in      sign       sign              sign         sign              sign           sign             sign            sign            sign                 sign            sign             sign                sign            sign
"""  # noqa: E501 (a table is read across)
_TWO_CHILDREN = {"reason": "attendance", "child-1": "0" * 32, "child-2": "1" * 32}
_FORMS = {"/area/together": _TWO_CHILDREN, "/area/connection": _TWO_CHILDREN}
# A page that answers so has let somebody in: it refuses what was sent, not who sent it.
_OF_WHAT_WAS_SENT = ("Open the list of your children again", "The answer of your passkey could not be read")
# How a form of somebody who is not signed in any more is answered.
_SIGNED_OUT = ("You have been signed out", "You were signed out", "has been suspended", "has run out")
# In the place of what stands in an address, by its converter: nothing of this name is in the graph.
_UNKNOWN: dict[str, Any] = {
    "handle": "0" * 32,
    "job": "20261121T120000-00000000",
    "service_key": "nowhere:X1",
    "int": 99,
}
_CONVERTER = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")


def table() -> dict[str, dict[str, str]]:
    """Who comes through with what, as written above."""
    head, *lines = TABLE.strip("\n").splitlines()
    starts = [at for at in range(len(head)) if head[at] != " " and head[at - 2 : at] == "  "]
    cut = [slice(start, end) for start, end in zip(starts, [*starts[1:], None], strict=True)]
    names = [head[each].strip() for each in cut]
    return {
        line[: starts[0]].strip(): dict(zip(names, (line[each].strip() for each in cut), strict=True)) for line in lines
    }


def asked_for() -> dict[tuple[str, str], str]:
    """What each address and method asks for, as written in routes.txt."""
    found = {}
    for line in ROUTES.read_text(encoding="utf-8").splitlines():
        rule, methods, permission = line.split("  ")
        found |= {(rule, method): permission for method in methods.split()}
    return found


@dataclass
class Visitor:
    """Somebody with a browser, whose cookie is put back before each request as it was."""

    client: FlaskClient
    cookie: dict[str, Any] = field(default_factory=dict)

    def ask(self, address: str, method: str, csrf: str) -> TestResponse:
        """The answer to a form that is sent empty but for its token, where that is not refused before anything else."""
        with self.client.session_transaction() as kept:
            kept.clear()
            kept.update(self.cookie)
        form = {"csrf_token": csrf, **_FORMS.get(address, {})}
        return self.client.open(address, method=method, data=form if method == "POST" else None)


@pytest.fixture(scope="module")
def site_on_graph(migrated_graph: Database, bare_site: Flask) -> Iterator[tuple[Flask, Database]]:
    empty(migrated_graph)
    bare = bare_site.extensions["signpost"]
    keep_database(bare_site, lambda: migrated_graph)
    yield bare_site, migrated_graph
    bare_site.extensions["signpost"] = bare


@pytest.fixture(scope="module")
def csrf(bare_site: Flask) -> tuple[str, str]:
    """A form's token, and what the cookie must hold for it."""
    with bare_site.test_request_context("/"):
        token = generate_csrf()
        return token, str(session["csrf_token"])


@pytest.fixture(scope="module")
def visitors(site_on_graph: tuple[Flask, Database], csrf: tuple[str, str]) -> dict[str, Visitor]:
    return {words: _visitor(words, site_on_graph, csrf) for words in STATES}


def _visitor(words: str, site_on_graph: tuple[Flask, Database], csrf: tuple[str, str], more: str = "") -> Visitor:
    site, db = site_on_graph
    token = STATES[words](db, site, words.replace(" ", ".") + more)
    cookie = {"csrf_token": csrf[1]} | ({"token": token} if token else {})
    return Visitor(site.test_client(), cookie)


def _in_role(role: Role, **more: Any) -> Callable[[Database, Flask, str], str]:
    return lambda db, _site, username: given_session(db, username=username, role=role, **more)


def _changed(setting: str) -> Callable[[Database, Flask, str], str]:
    """A data manager, who may open more than most, with an account that something was done to since signing in."""

    def state(db: Database, _site: Flask, username: str) -> str:
        token = given_session(db, username=username, role=Role.DATA_MANAGER)
        yesterday = clock.day_in_england(clock.now()) - timedelta(days=1)
        text = f"MATCH (user:User {{username: $username}}) SET {setting} RETURN 1 AS one"
        statement: Any = Statement(text, int)
        assert db.write(statement, username=username, yesterday=yesterday) == [1]
        return token

    return state


def _left(db: Database, _site: Flask, username: str) -> str:
    token = given_session(db, username=username, role=Role.DATA_MANAGER)
    access.disable_user(db, username=username, by="test")
    return token


def _signed_out(db: Database, _site: Flask, username: str) -> str:
    token = given_session(db, username=username, role=Role.DATA_MANAGER)
    access.sign_out(db, token)
    return token


def _idle(db: Database, _site: Flask, username: str) -> str:
    token = given_session(db, username=username, role=Role.DATA_MANAGER)
    text = "MATCH (s:Session {token_hash: $hash}) SET s.seen_at = $at RETURN 1 AS one"
    statement: Any = Statement(text, int)
    at = clock.milliseconds(clock.now() - Role.DATA_MANAGER.idle - timedelta(seconds=1))
    assert db.write(statement, hash=access.hash_token(token), at=at) == [1]
    return token


def _half(db: Database, site: Flask, username: str) -> str:
    """The password was right and the code was not: whatever the cookie holds then."""
    user = given_user(db, username=username, role=Role.DATA_MANAGER)
    client = site.test_client()
    form = {"username": user.username, "password": user.password, "code": "000000"}
    client.post("/sign-in", data=form | {"csrf_token": token_of(client)})
    with client.session_transaction() as kept:
        return str(kept.get("token", ""))


STATES: dict[str, Callable[[Database, Flask, str], str]] = {
    "nobody": lambda _db, _site, _username: "",
    "half signed in": _half,
    "practitioner": _in_role(Role.PRACTITIONER),
    "statutory practitioner": _in_role(Role.PRACTITIONER, statutory=True),
    "safeguarding lead": _in_role(Role.SAFEGUARDING_LEAD),
    "data manager": _in_role(Role.DATA_MANAGER),
    "operator": _in_role(Role.OPERATOR, authority=None),
    "auditor": _in_role(Role.AUDITOR, authority=None),
    "administrator": _in_role(Role.ADMINISTRATOR, authority=None),
    "suspended": _changed('user.status = "disabled"'),
    "security check expired": _changed("user.vetted_until = $yesterday"),
    "training expired": _changed("user.trained_until = $yesterday"),
    "leaver": _left,
    "signed out": _signed_out,
    "idle too long": _idle,
}


def test_the_table_has_every_state_and_every_permission() -> None:
    assert list(table()) == list(STATES)
    assert {permission for row in table().values() for permission in row} == {str(each) for each in Permission}
    assert {cell for row in table().values() for cell in row.values()} == {"in", "sign", "no"}


def test_every_address_of_the_application_is_written_down(bare_site: Flask) -> None:
    rules = {(rule.rule, method) for rule in bare_site.url_map.iter_rules() for method in rule.methods or ()}

    assert rules == set(asked_for()), "Write the new address, and what it asks for, into tests/data/routes.txt."


@pytest.mark.parametrize("who", STATES)
def test_every_address_by_every_method_for(
    who: str,
    visitors: dict[str, Visitor],
    site_on_graph: tuple[Flask, Database],
    bare_site: Flask,
    csrf: tuple[str, str],
) -> None:
    allowed, asks = table()[who], asked_for()
    wrong = []
    for rule in bare_site.url_map.iter_rules():
        ends = rule.rule in _ENDING
        visitor = _visitor(who, site_on_graph, csrf, f".{len(rule.rule)}") if ends else visitors[who]
        address = _address(bare_site, rule)
        for method in sorted(rule.methods or ()):
            expected = allowed[asks[rule.rule, method]]
            answer = visitor.ask(address, method, csrf[0])
            ended = ends and "Clear-Site-Data" in answer.headers
            found = "in" if ended else outcome(answer, method)
            if found != expected:
                wrong.append(f"{method} {rule.rule}: {found} ({answer.status_code}) in place of {expected}")

    assert wrong == []


def test_no_other_method_reaches_a_page(visitors: dict[str, Visitor], bare_site: Flask, csrf: tuple[str, str]) -> None:
    methods: dict[str, set[str]] = {}
    for rule, method in asked_for():
        methods.setdefault(rule, set()).add(method)
    for rule in {rule.rule: rule for rule in bare_site.url_map.iter_rules()}.values():
        for method in set(METHODS) - methods[rule.rule]:
            for who in ("nobody", "data manager"):
                answer = visitors[who].ask(_address(bare_site, rule), method, csrf[0])
                assert answer.status_code in (405, 415), f"{method} {rule.rule} answers {answer.status_code}"


def test_whoever_half_signs_in_has_no_session(visitors: dict[str, Visitor], site_on_graph: Any) -> None:
    assert "token" not in visitors["half signed in"].cookie
    text = "MATCH (u:User {username: 'half.signed.in'}), (s:Session {user_id: u.user_id}) RETURN s.token_hash"
    assert values(site_on_graph[1], text) == []


def outcome(answer: TestResponse, method: str) -> str:
    """What came of a request: in, sign or no."""
    if answer.headers.get("Location") == "/sign-in":
        return "sign"
    if answer.status_code == 403:
        text = answer.get_data(as_text=True)
        if any(words in text for words in _OF_WHAT_WAS_SENT):
            return "in"
        return "sign" if method == "POST" and any(words in text for words in _SIGNED_OUT) else "no"
    assert answer.status_code < 500, answer.status_code
    return "in"


def _address(site: Flask, rule: Rule) -> str:
    given = {name: _UNKNOWN.get(kind, "unknown") for kind, name in _CONVERTER.findall(rule.rule)}
    with site.test_request_context("/"):
        return str(site.url_map.bind("localhost").build(rule.endpoint, given, method=min(rule.methods or {"GET"})))
