"""The form that finds a child, and what it says to what cannot be used."""

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from graph.store import Database
from tests.builders import (
    PRACTICE,
    SCHOOL,
    given_area,
    given_child,
    given_run,
    given_service,
    given_session,
    given_shield,
    values,
)
from tests.webapp.ana import given_ana
from tests.webapp.conftest import token_of
from tests.webapp.pages import read_page

SOUGHT = {"name": "ana costa", "day": "4", "month": "6", "year": "2017"}
NO_DATE = {"day": "", "month": "", "year": ""}


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


def enter(client: FlaskClient, db: Database, **user: Any) -> None:
    """Gives the client an open session."""
    token = given_session(db, **user)
    with client.session_transaction() as session:
        session["token"] = token


def find(client: FlaskClient, **facts: str) -> BeautifulSoup:
    """The answer to a search."""
    form = SOUGHT | facts | {"csrf_token": token_of(client, "/find-a-child")}
    return read_page(client.post("/find-a-child", data=form))


def test_a_rough_age_will_do(db: Database, client: FlaskClient):
    given_ana(db)
    enter(client, db)

    page = find(client, name="Annie Kosta", age="9", **NO_DATE)

    assert page.select("tbody th")[0].get_text() == "Ana Costa"
    assert "1 child fits, the best fit first." in page.get_text()


def test_only_the_number_of_ones_own_service_is_offered(db: Database, client: FlaskClient):
    given_ana(db)
    fields = {}
    for name, service in (("teacher", SCHOOL), ("nurse", PRACTICE), ("neither", None)):
        enter(client, db, username=name, service_id=service)
        page = read_page(client.get("/find-a-child"))
        fields[name] = [box for box in ("nhs_number", "upn") if page.find(id=box)]

    assert fields == {"teacher": ["upn"], "nurse": ["nhs_number"], "neither": []}


def test_a_number_alone_finds(db: Database, client: FlaskClient):
    given_run(db)
    given_service(db, service_id=PRACTICE, kind="gp_practice", name="Surgery")
    given_child(db, nhs_number="9000000009")
    enter(client, db, service_id=PRACTICE)

    page = find(client, name="", nhs_number="900 000 0009", **NO_DATE)

    assert page.select("tbody th")[0].get_text() == "Ana Costa"


def test_a_number_that_was_not_offered_is_refused_and_in_the_audit(db: Database, client: FlaskClient):
    given_ana(db)
    enter(client, db, service_id=SCHOOL)
    form = SOUGHT | {"nhs_number": "9000000009", "csrf_token": token_of(client, "/find-a-child")}

    answer = client.post("/find-a-child", data=form)

    assert answer.status_code == 403
    assert "does not use NHS numbers" in read_page(answer).get_text()
    assert "Ana" not in answer.text
    assert values(db, "MATCH (event:AuditEvent) RETURN event.action, event.decision") == [("child.find", "denied")]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (NO_DATE, "Enter their date of birth, or about how old"),
        (NO_DATE | {"age": "nine"}, "whole number from 0 to 17"),
        (NO_DATE | {"age": "18"}, "whole number from 0 to 17"),
        (NO_DATE | {"age": "٩"}, "whole number from 0 to 17"),
        ({"upn": "B801200005002"}, "Check the UPN"),
        ({"upn": "<b>"}, "Check the UPN"),
        ({"school": "Nowhere at all"}, "No school has a name like this"),
        ({"school": "*:* OR /x/"}, "No school has a name like this"),
        ({"school": "-"}, "School must have at least one letter"),
        ({"school": "Primary"}, "Enter more of the school’s name"),
        ({"area": "E99999999"}, "Choose an area from the list"),
        ({"name": "n" * 101}, "100 characters or fewer"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(db: Database, client: FlaskClient, facts, words):
    given_run(db)
    given_area(db)
    for number in range(51 if facts.get("school") == "Primary" else 1):
        given_service(db, service_id=f"urn:{200000 + number}", name=f"Primary School {number}")
    enter(client, db, service_id="urn:200000")

    page = find(client, **facts)

    summary = page.select(".govuk-error-summary a")
    assert words in summary[0].get_text()
    assert page.find(id=str(summary[0]["href"])[1:]) is not None


def test_school_and_area_narrow(db: Database, client: FlaskClient):
    given_ana(db)
    enter(client, db)

    assert find(client, school="hillbrook", area="E06000001").select("tbody th")
    empty = find(client, school="hillbrook", name="ben stone")
    assert "search without it" in empty.get_text()


@pytest.mark.parametrize("sent", [b"name=%ED%A0%80&day=4", b"name=" + b"a" * 100_000, b"name=\xff\xfe", b"%00=%00"])
def test_bytes_that_are_no_form_end_in_no_failure(db: Database, client: FlaskClient, sent):
    enter(client, db)
    token = token_of(client, "/find-a-child").encode()

    answer = client.post(
        "/find-a-child", data=sent + b"&csrf_token=" + token, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code < 500
    assert read_page(answer).h1 is not None


def test_a_shielded_row_is_the_same_bytes_but_for_the_facts(db: Database, client: FlaskClient):
    given_run(db)
    shielded = given_child(db)
    given_child(db, forename="Ane", date_of_birth=date(2017, 6, 4))
    enter(client, db)
    before = find(client).select("tbody tr")
    given_shield(db, child_id=shielded)

    after = find(client).select("tbody tr")

    assert len(before) == 2
    assert [str(row) for row in after] == [str(row) for row in before]
