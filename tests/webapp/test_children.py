"""From signing in to a child's circle, on the real graph."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from graph.model.roles import Role
from graph.store import Database
from tests.builders import count, given_child, given_run, given_shield, given_user
from tests.webapp.ana import given_ana
from tests.webapp.conftest import token_of
from tests.webapp.pages import read_page

SOUGHT = {"name": "ana costa", "day": "4", "month": "6", "year": "2017"}
SOCIAL_WORKER = {"username": "priya", "name": "Priya Nair", "organisation": "Northshire Council", "statutory": True}


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


def find(client: FlaskClient, **facts: str) -> BeautifulSoup:
    """The answer to a search."""
    form = SOUGHT | facts | {"csrf_token": token_of(client, "/find-a-child")}
    return read_page(client.post("/find-a-child", data=form))


def open_child(client: FlaskClient, reason: str = "attendance", case_reference: str = "AB12") -> BeautifulSoup:
    """The page of the only child found, after its reason was given."""
    asked = str(find(client).select("main td a")[0]["href"])
    form = {"reason": reason, "case_reference": case_reference, "csrf_token": token_of(client, asked)}
    answer = client.post(asked, data=form)
    assert answer.status_code == 302, answer.text
    return read_page(client.get(answer.headers["Location"]))


def test_a_wrong_password_is_told_as_a_form_error(db: Database, client: FlaskClient):
    user = given_user(db)
    form = {"username": user.username, "password": "not the password", "code": user.code()}

    answer = client.post("/sign-in", data=form | {"csrf_token": token_of(client)})

    page = read_page(answer)
    assert answer.status_code == 403
    assert page.select_one(".govuk-error-summary")
    assert page.title is not None
    assert page.title.get_text().startswith("Error: ")


def test_a_statutory_worker_of_the_area_sees_the_circle_at_once(db: Database, client: FlaskClient, sign_in):
    given_ana(db)
    sign_in(client, given_user(db, **SOCIAL_WORKER))

    page = open_child(client)

    assert page.title is not None
    assert page.title.get_text(strip=True) == "Child’s circle – Signpost"
    assert page.h1 is not None
    assert page.h1.get_text() == "Ana Costa"
    assert "Attendance concern" in page.select(".identity")[0].get_text()
    assert "Priya Nair" in page.select(".ring-box")[0].get_text()
    assert page.select("a[href='tel:01632960404']")
    assert len(page.select("svg.circle .circle-card")) == 7
    assert len(page.select(".beside__list .card")) == 9


def test_everyone_else_has_whom_to_ring_and_the_circle_by_a_second_step(db: Database, client: FlaskClient, sign_in):
    given_ana(db)
    sign_in(client, given_user(db))

    page = open_child(client)
    assert not page.select("svg.circle")
    assert "Maria" not in page.get_text()

    step = page.select("form[action$='/circle']")[0]
    before = count(db, "AuditEvent")
    answer = client.post(str(step["action"]), data={"csrf_token": step.select("input")[0]["value"]})
    opened = read_page(client.get(answer.headers["Location"]))

    assert opened.select("svg.circle")
    assert "Maria Costa" in opened.get_text()
    assert count(db, "AuditEvent") > before


def test_no_page_of_a_child_without_a_reason(db: Database, client: FlaskClient, sign_in):
    given_ana(db)
    sign_in(client, given_user(db))
    asked = str(find(client).select("main td a")[0]["href"])

    answer = client.get(asked.removesuffix("/reason"))

    assert answer.headers["Location"] == asked


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Choose why"),
        ({"reason": "curious"}, "Choose why"),
        ({"reason": "wellbeing", "case_reference": "Ana Costa"}, "20 letters and digits"),
        ({"reason": "wellbeing", "case_reference": "A" * 21}, "20 letters and digits"),
    ],
)
def test_only_a_reason_of_the_list_opens_a_page(db: Database, client: FlaskClient, sign_in, form, words):
    given_ana(db)
    sign_in(client, given_user(db))
    asked = str(find(client).select("main td a")[0]["href"])

    answer = client.post(asked, data=form | {"csrf_token": token_of(client, asked)})

    assert words in read_page(answer).select(".govuk-error-summary")[0].get_text()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"name": " "}, "Enter their name"),
        ({"name": "*:*"}, "Name must have at least one letter"),
        ({"day": "", "month": "", "year": ""}, "Enter their date of birth"),
        ({"day": ""}, "must include a day"),
        ({"day": "31", "month": "2"}, "must be a real date"),
        ({"year": "17"}, "4 digits"),
        ({"year": "9999"}, "in the past"),
        ({"month": "June"}, "must be numbers"),
        ({"day": "٤"}, "must be numbers"),
    ],
)
def test_what_is_missing_is_said_at_its_field(db: Database, client: FlaskClient, sign_in, facts, words):
    sign_in(client, given_user(db))

    page = find(client, **facts)

    summary = page.select(".govuk-error-summary a")
    assert words in summary[0].get_text()
    assert page.find(id=str(summary[0]["href"])[1:]) is not None


def test_more_than_twenty_are_not_listed(db: Database, client: FlaskClient, sign_in):
    given_run(db)
    for number in range(21):
        given_child(db, forename=f"Ana{number}", date_of_birth=date(2017, 6, 4))
    sign_in(client, given_user(db))

    page = find(client, name="costa")

    assert page.h1 is not None
    assert page.h1.get_text() == "Add one more fact"
    assert not page.select("table")


def test_nobody_found_is_not_nobody_involved(db: Database, client: FlaskClient, sign_in):
    sign_in(client, given_user(db))

    page = find(client, name="nobody")

    assert "This does not mean that no service is involved." in page.get_text()


def test_a_shielded_child_has_five_items_and_whom_to_ask(db: Database, client: FlaskClient, sign_in):
    given_shield(db, child_id=given_ana(db))
    sign_in(client, given_user(db))

    page = open_child(client)

    text = page.select("main")[0].get_text()
    assert "This record is shielded" in text
    assert "Ask the directory team" in text
    assert not page.select("svg, .card, .ring-box, a[href^='tel:']")
    assert "Larch Road" not in text


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_roles_find_no_child_and_are_told_what_is_theirs(db: Database, client: FlaskClient, sign_in, role):
    sign_in(client, given_user(db, role=role, authority=None))

    start = read_page(client.get("/", follow_redirects=True))

    assert "Your role never looks up a child" in start.select("main")[0].get_text()
    assert client.get("/find-a-child").status_code == 403
    assert client.get(f"/children/{'0' * 32}").status_code == 403


def test_a_handle_of_another_session_opens_nothing(db: Database, site: Flask, client: FlaskClient, sign_in):
    given_ana(db)
    sign_in(client, given_user(db, **SOCIAL_WORKER))
    asked = str(find(client).select("main td a")[0]["href"])
    other = site.test_client()
    sign_in(other, given_user(db, username="sam", name="Sam Pryce"))

    other.post(asked, data={"reason": "wellbeing", "case_reference": "", "csrf_token": token_of(other, asked)})
    answer = other.get(asked.removesuffix("/reason"))

    assert answer.status_code == 404
    assert "Ana" not in read_page(answer).get_text()


def test_a_copied_cookie_ends_with_its_session(db: Database, site: Flask, client: FlaskClient, sign_in):
    sign_in(client, given_user(db))
    copied = client.get_cookie("sid")
    assert copied is not None
    thief = site.test_client()
    thief.set_cookie("sid", copied.value)
    assert thief.get("/find-a-child").status_code == 200

    answer = client.post("/sign-out", data={"csrf_token": token_of(client, "/find-a-child")})

    assert answer.headers["Location"] == "/sign-in"
    assert "Clear-Site-Data" in answer.headers
    assert thief.get("/find-a-child").status_code == 302


def test_signing_out_needs_its_token(db: Database, client: FlaskClient, sign_in):
    sign_in(client, given_user(db))

    assert client.post("/sign-out").status_code == 400
    assert client.get("/find-a-child").status_code == 200


def test_no_name_is_in_any_address_or_cookie(db: Database, client: FlaskClient, sign_in):
    given_ana(db)
    sign_in(client, given_user(db, **SOCIAL_WORKER))

    page = open_child(client)

    addresses = " ".join(str(link.get("href")) for link in page.select("a")).lower()
    assert "ana" not in addresses.replace("mailto:", "")
    cookie = client.get_cookie("sid")
    assert cookie is not None
    assert len(cookie.value) < 3500


def test_nothing_typed_as_a_name_ends_in_a_failure(db: Database, client: FlaskClient, sign_in):
    given_ana(db)
    sign_in(client, given_user(db))
    names = [
        "*:*",
        "costa*",
        "ana OR costa",
        "' RETURN 1 //",
        "{{7*7}}",
        "<b>ana</b>",
        "🦊",
        "\u202eana",
        "a" * 100,
        "-",
        "\\",
    ]

    for name in names:
        form = SOUGHT | {"name": name, "csrf_token": token_of(client, "/find-a-child")}
        answer = client.post("/find-a-child", data=form)

        assert answer.status_code < 500, name
        assert not (name == "*:*" and read_page(answer).select("table"))


def test_the_filter_of_the_address_is_obeyed_by_list_picture_and_sentence(db: Database, client: FlaskClient, sign_in):
    given_ana(db)
    sign_in(client, given_user(db, **SOCIAL_WORKER))
    open_child(client)
    here = str(find_address(client))

    before = read_page(client.get(here + "?as_at=2026-02-01"))
    ended = read_page(client.get(here + "?show=ended"))
    health = read_page(client.get(here + "?health=yes"))

    # Early help ended on 1 March; social care and welfare began after February.
    assert {card.get_text(strip=True) for card in before.select(".beside__list .card__name")} == {
        "Maria Costa",
        "Joe Costa",
        "Hillbrook Primary School",
        "Station Road Surgery",
        "Health visiting, Eastway",
        "Early help, Family Hub",
        "Harbour Young Carers",
    }
    assert "As at 1 February 2026: Ana lives with 2 carers" in before.get_text()
    assert len(ended.select("svg.circle .circle-card")) == len(ended.select(".beside__list [class*=card--ended]")) == 1
    assert "One involvement has ended." in ended.get_text()
    assert len(health.select(".beside__list [class*=card--health]")) == 2
    assert "Showing 2 of 7 services" in health.get_text()
    assert "Left out" in health.get_text()


@pytest.mark.parametrize(
    "query",
    ["as_at=2026-01-32", "as_at=0000-01-01", "as_at=9999-01-01", "as_at=x", "day=31&month=2&year=2026", "show=x"],
)
def test_a_day_that_is_none_gets_the_form_and_looks_nothing_up(db: Database, client: FlaskClient, sign_in, query):
    given_ana(db)
    sign_in(client, given_user(db, **SOCIAL_WORKER))
    open_child(client)
    looked_up = count(db, "AuditEvent")

    answer = client.get(f"{find_address(client)}?{query}")

    page = read_page(answer)
    assert answer.status_code == 400
    assert "Ana" not in page.get_text()
    link = str(page.select(".govuk-error-summary a")[0]["href"])
    assert page.find(id=link[1:]) is not None
    assert count(db, "AuditEvent") == looked_up


def test_a_query_of_a_hundred_kilobytes_is_refused_with_a_page(db: Database, client: FlaskClient, sign_in):
    given_ana(db)
    sign_in(client, given_user(db, **SOCIAL_WORKER))
    open_child(client)

    answer = client.get(f"{find_address(client)}?as_at={'1' * 100_000}")

    assert answer.status_code == 400
    assert read_page(answer).h1 is not None


def find_address(client: FlaskClient) -> str:
    """The address of the child whose page was opened last in this session."""
    with client.session_transaction() as session:
        return "/children/" + list(session["children"])[-1]
