"""What each role is shown of each kind of child, at every address of a child, against a table that people wrote.

Every part of every child has a word of its own that stands nowhere else, so a part is shown if its word is in the
answer, in whatever form: page, table, drawing or error.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from graph.model import clock
from graph.model.roles import Role
from graph.model.shielding import OVERRIDE_FOR
from graph.model.statements import RUN, SOURCE
from graph.model.staying import Category, stays_until
from graph.services import access, accounts, overriding, staying
from graph.services.handles import handle_of
from graph.store import Database
from tests.builders import (
    given_address,
    given_area,
    given_carer,
    given_child,
    given_fact,
    given_involvement,
    given_run,
    given_service,
    given_session,
    given_shield,
)
from tests.conftest import empty
from webapp.database import keep_database

OWN, OTHER = "E06000001", "E06000002"
WORKPLACE = "urn:100001"

# N name, C carer's name, T carer's telephone, H home, S school, P practice, O open service, K need-to-know service,
# Z sensitive service, E ended service, ! that there is one which is not listed.
# Before the slash what opens first, after it what opens by the second step. A line means that there is no such child.
TABLE = """
                      practitioner       statutory            safeguarding lead    data manager          operator  auditor  administrator
involved              NCTHSPOE           NCTHSPOKE!           NCTHSPOE!            NCTHSPOE              no        no       no
own area              NSPO/NCTHSPOE      NCTHSPOKE!           NCTHSPOE!            NCTHSPOZE             no        no       no
other area            NSPO/NCTHSPOE      NSPOK!/NCTHSPOKE!    NSPO!/NCTHSPOE!      NSPO/NCTHSPOE         no        no       no
own family            NSPO               NSPO                 NSPO                 NSPO                  no        no       no
shielded              NC                 NC                   NC                   NCTHSPOZE             no        no       no
shielded elsewhere    NC                 NC                   NC                   NC                    no        no       no
sheltered             NO/NCOE            NCOKE!               NCOE!                NCTHSPOZE             no        no       no
sheltered elsewhere   NO/NCOE            NOK!/NCOKE!          NO!/NCOE!            NO/NCOE               no        no       no
overridden            NCTHSPOE           NCTHSPOKE!           NCTHSPOE!            NCTHSPOZE             no        no       no
overridden elsewhere  NCTHSPOE           NCTHSPOKE!           NCTHSPOE!            NCTHSPOE              no        no       no
grown up              -                  -                    -                    -                     no        no       no
stays by consent      NCTHSPOE           NCTHSPOKE!           NCTHSPOE!            NCTHSPOZE             no        no       no
absent                -                  -                    -                    -                     no        no       no
"""  # noqa: E501 (a table is read across)


# Everything held, which data managers of the area alone go through to answer a family: need-to-know services too, since
# who asks must be told of them unless the law forbids it. A shielded child's asks for a proof first.
_EVERYTHING = "/everything-held"
HELD = {"own area": "NCTHSPOKZE", "sheltered": "NCTHSPOKZE", "stays by consent": "NCTHSPOKZE"}


def table() -> dict[tuple[str, str], tuple[str, str]]:
    """What each role has of each child: at first, and after the second step."""
    head, *lines = TABLE.strip("\n").splitlines()
    starts = [at for at in range(len(head)) if head[at] != " " and head[at - 2 : at] == "  "]
    found = {}
    for line in lines:
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            first, _, second = line[start:end].strip().partition("/")
            found[line[: starts[0]].strip(), head[start:end].strip()] = (first, second or first)
    return found


_ACCOUNTS: dict[str, dict[str, Any]] = {
    "practitioner": {},
    "statutory": {"statutory": True},
    "safeguarding lead": {"role": Role.SAFEGUARDING_LEAD},
    "data manager": {"role": Role.DATA_MANAGER},
    "operator": {"role": Role.OPERATOR},
    "auditor": {"role": Role.AUDITOR},
    "administrator": {"role": Role.ADMINISTRATOR},
}
_ROLES = tuple(_ACCOUNTS)
_BORN, _GROWN_UP = date(2017, 6, 4), date(2007, 1, 9)
_CHILDREN: dict[str, dict[str, Any]] = {
    "involved": {"area": OTHER, "at_work": True},
    "own area": {},
    "other area": {"area": OTHER},
    "own family": {"at_work": True, "family": True},
    "shielded": {"at_work": True, "shielded": True},
    "shielded elsewhere": {"area": OTHER, "at_work": True, "shielded": True},
    "sheltered": {"sheltered": True},
    "sheltered elsewhere": {"area": OTHER, "sheltered": True},
    "overridden": {"at_work": True, "shielded": True},
    "overridden elsewhere": {"area": OTHER, "at_work": True, "shielded": True},
    "grown up": {"at_work": True, "born": _GROWN_UP},
    "stays by consent": {"at_work": True, "born": _GROWN_UP},
}
_RELATIONS = (*_CHILDREN, "absent")
_ACCEPTED = "at least one service that is not listed"


@dataclass(frozen=True)
class World:
    """The site, its children by what they are, and who is signed in."""

    db: Database
    site: Flask
    children: dict[str, str]
    tokens: dict[str, str]
    users: dict[str, str]
    csrf: tuple[str, str]

    def client(self, role: str) -> FlaskClient:
        """A browser of this role that has opened nothing yet."""
        made = self.site.test_client()
        with made.session_transaction() as kept:
            kept.update(token=self.tokens[role], csrf_token=self.csrf[1])
        return made

    def address(self, role: str, child: str) -> str:
        """Where this role finds this child."""
        return f"/children/{handle_of(self.tokens[role], self.children[child])}"

    def make_ready(self, role: str, child: str) -> None:
        """The child is what it is here for: one of the addresses that are tried ends an override, one a consent."""
        if child.startswith("overridden"):
            self._override(role, child)
        elif child == "stays by consent":
            self._stay(child)

    def _override(self, role: str, child: str) -> None:
        """Lets the session of this role see through the shield."""
        token, now = self.tokens[role], clock.now()
        self.db.write(
            overriding.RECORD_OVERRIDE,
            notice_id=secrets.token_hex(12),
            properties={
                "override_id": secrets.token_hex(12),
                "child_id": self.children[child],
                "authority": OWN,
                "user_id": self.users[role],
                "session": access.hash_token(token),
                "at": clock.milliseconds(now),
                "until": clock.milliseconds(now + OVERRIDE_FOR),
            },
        )

    def _stay(self, child: str) -> None:
        """Records that the young person stays."""
        key, today = secrets.token_hex(8), clock.day_in_england(clock.now())
        said = {"record": key, "record_version": f"{key}/1", "version": 1, "key": key, "subject": "child"}
        said |= {"source": SOURCE, "supplier": "Northshire", "run": RUN, "said_on": today, "said_at": 0}
        stay = {"stays_as": Category.CARE_LEAVER.value, "stays_until": stays_until(_GROWN_UP)}
        record = said | stay | {"consent_given_on": today}
        identifies = {"method": "own_statement", "run": RUN}
        self.db.write(staying.RECORD_STAY, child_id=self.children[child], record=record, identifies=identifies)


def word(child: str, part: str) -> str:
    """The word that stands for a part of a child and for nothing else."""
    return f"{part}{'abcdefghijklm'[_RELATIONS.index(child)] * 2}vex"


_PART_WORDS = {
    "N": "Ivo",
    "C": "Tess",
    "H": "Lane",
    "S": "Scol",
    "P": "Prax",
    "O": "Opal",
    "K": "Kest",
    "Z": "Zeph",
    "E": "Ende",
}


def letters_of(answer: TestResponse, child: str) -> str:
    """Which parts of the child an answer shows."""
    body = answer.get_data().decode("utf-8", "replace")
    found = [letter for letter, part in _PART_WORDS.items() if word(child, part) in body]
    if telephone(child) in body or telephone(child).replace(" ", "") in body:
        found.append("T")
    if _ACCEPTED in body:
        found.append("!")
    return "".join(found)


def telephone(child: str) -> str:
    """The telephone of the child's carer."""
    return f"01632 9609{_RELATIONS.index(child):02d}"


@pytest.fixture(scope="module")
def world(migrated_graph: Database, bare_site: Flask) -> Iterator[World]:
    db = migrated_graph
    empty(db)
    given_run(db, run=1)
    given_run(db, run=3, feed="involvements", supplier="northshire", title="Northshire directory", national=False)
    given_area(db, gss_code=OWN, name="Northshire")
    given_area(db, gss_code=OTHER, name="Southmere")
    children = {words: _given(db, words, **how) for words, how in _CHILDREN.items()} | {"absent": "ZZZZZZZZZZ"}
    tokens = {
        role: given_session(db, username=role.replace(" ", "."), name="Robin Vale", service_id=WORKPLACE, **account)
        for role, account in _ACCOUNTS.items()
    }
    users = {role: db.read(accounts.SHOW_ACCOUNT, username=role.replace(" ", "."))[0].user_id for role in _ACCOUNTS}
    for role in _ACCOUNTS:  # An override lasts no longer than the right to it.
        db.write(overriding.SAVE_RIGHT, username=role.replace(" ", "."), held=True)
    with bare_site.test_request_context("/"):
        csrf = (generate_csrf(), str(session["csrf_token"]))
    bare = bare_site.extensions["signpost"]
    keep_database(bare_site, lambda: db)
    yield World(db, bare_site, children, tokens, users, csrf)
    bare_site.extensions["signpost"] = bare


def _given(
    db: Database,
    words: str,
    *,
    area: str = OWN,
    at_work: bool = False,
    family: bool = False,
    shielded: bool = False,
    sheltered: bool = False,
    born: date = _BORN,
) -> str:
    name = {part: word(words, part) for part in _PART_WORDS.values()}
    number = _RELATIONS.index(words)
    child = given_child(db, forename=name["Ivo"], family_name="Holm", area=area, date_of_birth=born)
    home = given_address(db, address_id=f"home-{number}", line_1=f"{number + 20} {name['Lane']}", area=area)
    carer = (
        {"forename": "Robin", "family_name": "Vale"} if family else {"forename": name["Tess"], "family_name": "Holm"}
    )
    given_carer(db, child_id=child, address_id=home, telephone=telephone(words), **carer)
    given_fact(db, child_id=child, type="LIVES_AT", target=home)
    if at_work:
        # The workplace of all who ask is one of the child's services beside its school.
        _service(db, WORKPLACE, "Workplace", "youth_service")
        given_fact(db, child_id=child, type="INVOLVES", target=WORKPLACE)
    _service(db, f"urn:2000{number:02d}", name["Scol"], "school")
    given_fact(db, child_id=child, type="ATTENDS", target=f"urn:2000{number:02d}")
    _service(db, f"ods:B810{number:02d}", name["Prax"], "gp_practice")
    given_fact(db, child_id=child, type="REGISTERED_WITH", target=f"ods:B810{number:02d}")
    today = clock.day_in_england(clock.now())
    for part, kind in (("Opal", "early_help"), ("Kest", "police"), ("Zeph", "sexual_health"), ("Ende", "therapy")):
        service = f"northshire:{part}{number}"
        _service(db, service, name[part], kind)
        until = today - timedelta(days=30) if part == "Ende" else None
        since = today - timedelta(days=90)
        given_involvement(db, child_id=child, service_id=service, run=3, since=since, until=until, forename=name["Ivo"])
    if shielded:
        given_shield(db, child_id=child)
    if sheltered:
        beside = given_child(db, forename="Beside", family_name="Holm", area=area)
        given_carer(db, child_id=beside, **carer)
        given_fact(db, child_id=beside, type="LIVES_AT", target=home)
        given_shield(db, child_id=beside)
    return child


def _service(db: Database, service_id: str, name: str, kind: str) -> None:
    if service_id not in _KNOWN.setdefault(id(db), set()):
        _KNOWN[id(db)].add(service_id)
        given_service(db, service_id=service_id, name=name, kind=kind, organisation=name)


_KNOWN: dict[int, set[str]] = {}


def test_the_table_has_every_role_and_every_child() -> None:
    assert set(table()) == {(child, role) for child in _RELATIONS for role in _ROLES}


@pytest.mark.parametrize("role", _ROLES)
def test_what_is_seen_at_first_and_by_the_second_step(world: World, role: str) -> None:
    found, wanted = {}, {}
    for child in _RELATIONS:
        client, at = world.client(role), world.address(role, child)
        world.make_ready(role, child)
        client.post(f"{at}/reason", data=_form(world, reason="attendance"))
        first = client.get(at)
        client.post(f"{at}/circle", data=_form(world))
        found[child] = (_said(first, child), _said(client.get(at), child))
        wanted[child] = tuple(_sorted(cell) for cell in table()[child, role])

    assert found == wanted


@pytest.mark.parametrize("role", _ROLES)
def test_no_address_of_a_child_shows_more_than_its_page(world: World, role: str) -> None:
    for child in _RELATIONS:
        allowed = set(table()[child, role][1]) if table()[child, role][1] not in ("no", "-") else set()
        client, at = world.client(role), world.address(role, child)
        client.post(f"{at}/reason", data=_form(world, reason="attendance"))
        client.post(f"{at}/circle", data=_form(world))
        for rule, method in _addresses(world.site):
            address = at + rule.removeprefix("/children/<handle:handle>").replace("<handle:", "").replace(">", "")
            address = address.replace("/key/", f"/{'0' * 32}/").replace("/card", f"/{'0' * 32}")
            world.make_ready(role, child)
            answer = client.open(address, method=method, data=_form(world) if method == "POST" else None)
            assert answer.status_code < 500, address
            shown = set(letters_of(answer, child))
            assert shown <= allowed, f"{method} {rule}, {child}: {shown - allowed}"
            if table()[child, role][1] == "no":
                assert answer.status_code == 403, f"{method} {rule}, {child}"


@pytest.mark.parametrize("role", _ROLES)
def test_everything_held_is_shown_to_data_managers_of_the_area_alone(world: World, role: str) -> None:
    for child in _RELATIONS:
        if child == "stays by consent":
            world.make_ready(role, child)
        client, at = world.client(role), world.address(role, child)
        client.post(f"{at}/reason", data=_form(world, reason="attendance"))
        for method in ("GET", "POST"):
            data = _form(world) if method == "POST" else None
            shown = letters_of(client.open(f"{at}{_EVERYTHING}", method=method, data=data), child)
            wanted = HELD.get(child, "") if role == "data manager" else ""
            assert _sorted(shown) == _sorted(wanted), f"{method}, {child}"


@pytest.mark.parametrize("role", _ROLES)
def test_what_a_search_shows(world: World, role: str) -> None:
    for child in _RELATIONS:
        world.make_ready(role, child)
        born = _CHILDREN.get(child, {}).get("born", _BORN)
        form = _form(world, name=f"{word(child, 'Ivo')} holm", day=born.day, month=born.month, year=born.year)
        shown = letters_of(world.client(role).post("/find-a-child", data=form), child)
        wanted = table()[child, role][0]
        # A carer who is the user's namesake has no word of the child's own.
        found = {"no": "", "-": ""}.get(wanted, "N" if child == "own family" else "NC")
        assert "".join(sorted(shown)) == "".join(sorted(found)), child


@pytest.mark.parametrize("role", _ROLES)
def test_a_search_by_school_or_area_finds_no_shielded_child(world: World, role: str) -> None:
    for child in ("shielded", "shielded elsewhere", "sheltered", "sheltered elsewhere", "overridden"):
        world.make_ready(role, child)
        for more in ({"area": OWN}, {"area": OTHER}, {"school": word(child, "Scol")}):
            form = _form(world, name=f"{word(child, 'Ivo')} holm", day="4", month="6", year="2017", **more)
            assert letters_of(world.client(role).post("/find-a-child", data=form), child) in ("", "S"), (child, more)


@pytest.mark.parametrize("role", _ROLES[:4])
def test_who_has_grown_up_is_answered_like_nobody(world: World, role: str) -> None:
    bodies = []
    for child in ("grown up", "absent"):
        client, at = world.client(role), world.address(role, child)
        client.post(f"{at}/reason", data=_form(world, reason="attendance"))
        answer = client.get(at)
        assert answer.status_code == 404
        bodies.append(BeautifulSoup(answer.get_data(as_text=True), "lxml").get_text())

    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("role", _ROLES[:4])
def test_every_page_says_that_some_services_are_never_listed(world: World, role: str) -> None:
    """In the same words and in the same place, whatever is there and whoever looks."""
    said = {}
    for child in _RELATIONS:
        parts = table()[child, role][0]
        if parts in ("no", "-") or "O" not in parts:
            continue
        client, at = world.client(role), world.address(role, child)
        world.make_ready(role, child)
        client.post(f"{at}/reason", data=_form(world, reason="attendance"))
        page = BeautifulSoup(client.get(at).get_data(as_text=True), "lxml")
        found = page.select_one("#not-listed + .empty-sector p")
        assert found is not None, child
        said[child] = found.get_text()

    team = {child: "Southmere" if _CHILDREN[child].get("area") == OTHER else "Northshire" for child in said}
    assert said == {
        child: f"Some services are never listed here. If you need to know, ask the {team[child]} team."
        for child in said
    }


def _addresses(site: Flask) -> list[tuple[str, str]]:
    """Every address of a child but everything held, of which a test of its own tells, and the image.

    That is made of the drawing, and no word of it can be read.
    """
    return sorted(
        (rule.rule, method)
        for rule in site.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
        if rule.rule.startswith("/children/") and not rule.rule.endswith((".png", _EVERYTHING))
    )


def _said(answer: TestResponse, child: str) -> str:
    if answer.status_code == 403:
        return _sorted("no")
    return _sorted("-" if answer.status_code == 404 else letters_of(answer, child))


def _sorted(cell: str) -> str:
    return "".join(sorted(cell))


def _form(world: World, **more: str | int) -> dict[str, str | int]:
    return {"csrf_token": world.csrf[0], **more}
