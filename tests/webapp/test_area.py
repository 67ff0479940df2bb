"""A safeguarding lead's area in a browser's eyes: three steps to a name, chosen children, and what bad input gets."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from graph.model import clock
from graph.model.roles import Role
from graph.store import Database
from tests.builders import (
    SCHOOL,
    given_area,
    given_child,
    given_fact,
    given_involvement,
    given_run,
    given_service,
    given_session,
    values,
)
from tests.webapp.pages import read_page

TODAY = clock.day_in_england(clock.now())
LEAD: dict[str, Any] = {"username": "grace", "name": "Grace Field", "role": Role.SAFEGUARDING_LEAD, "statutory": True}
REASON = {"reason": "safeguarding", "case_reference": "AB12"}
SERVICES = {
    "care": ("social_care", "Council"),
    "welfare": ("education_welfare", "Council"),
    "charity": ("voluntary", "Harbour"),
    "youth": ("youth_justice", "Justice"),
    "ward": ("hospital", "Trust"),
    "clinic": ("mental_health", "Trust"),
}


@pytest.fixture
def lead(db: Database, site: Flask) -> FlaskClient:
    """A lead who has signed in, and an area with one child of five agencies among others."""
    given_run(db)
    given_area(db)
    given_service(db)
    for service_id, (kind, organisation) in SERVICES.items():
        given_service(db, service_id=service_id, name=service_id.title(), kind=kind, organisation=organisation)
    tyrone = given_child(db, forename="Tyrone", family_name="Baptiste", child_id="TYR0NE0001")
    for service_id in SERVICES:
        given_involvement(
            db, child_id=tyrone, service_id=service_id, since=TODAY - timedelta(days=100), forename="Tyrone"
        )
    other = given_child(db, forename="Mia", family_name="Lark", child_id="M1A0000001")
    given_involvement(db, child_id=other, service_id="charity", since=TODAY, forename="Mia")
    for child in (tyrone, other):
        given_fact(db, child_id=child, type="ATTENDS", target=SCHOOL)
    given_child(db, forename="Quiet", family_name="Lark")
    return signed_in(db, site, LEAD)


def signed_in(db: Database, site: Flask, user: dict[str, Any]) -> FlaskClient:
    """A client with the cookie of a session that was made without a password."""
    client = site.test_client()
    with client.session_transaction() as session:
        session["token"] = given_session(db, **user)
    return client


def sent(client: FlaskClient, page: BeautifulSoup, action: str, **more: str) -> BeautifulSoup:
    """The answer to a form of a page, its hidden fields and chosen boxes with what is added."""
    form = next(form for form in page.select("main form") if form["action"] == action)
    fields = {str(field["name"]): str(field.get("value", "")) for field in form.select("input[type=hidden]")}
    fields |= {str(box["name"]): str(box.get("value", "")) for box in form.select("input[checked]")}
    answer = client.post(action, data=fields | more)
    assert answer.status_code == 200, answer.text
    return read_page(answer)


def narrowed(client: FlaskClient) -> BeautifulSoup:
    """The counts of the children of one agency or more."""
    return sent(client, read_page(client.get("/area")), "/area", agencies="1", overlap="", period="365", ages="any")


def test_the_child_of_five_agencies_is_found_in_three_steps(db: Database, lead: FlaskClient):
    counts = read_page(lead.get("/area"))
    assert counts.h1 is not None
    assert counts.h1.get_text() == "My area: Northshire"
    assert "Tyrone" not in counts.get_text()
    assert not re.search(r"[0-9a-f]{32}", counts.select("main")[0].get_text())
    five = next(button for button in counts.select("button[name=also]") if button["value"] == "agencies=5")

    fewer = sent(lead, counts, "/area", also=str(five["value"]))
    assert "1 child fits these filters" in fewer.get_text()
    assert "Tyrone" not in fewer.get_text()
    named = sent(lead, fewer, "/area/names", **REASON)

    assert [row.get_text(" ", strip=True) for row in named.select("tbody th")] == ["Tyrone Baptiste"]
    cells = [cell.get_text(" ", strip=True) for cell in named.select("tbody td")]
    assert cells[2] == "5"
    assert "Mental health" not in cells[3]
    assert cells[-1] == "101"
    event = values(db, "MATCH (event:AuditEvent {action: 'area.names'}) RETURN event.child_refs")
    assert event == [(["TYR0NE0001"],)]
    for address in named.select("main a[href], main form[action]"):
        assert "tyrone" not in str(address).split(">")[0].lower()


def test_the_menu_leads_to_the_area_for_those_who_have_one(db: Database, site: Flask, lead: FlaskClient):
    assert read_page(lead.get("/find-a-child")).select("nav a[href='/area'], section a[href='/area']")

    teacher = signed_in(db, site, {"username": "sam"})

    assert not read_page(teacher.get("/find-a-child")).select("a[href='/area']")
    refused = teacher.get("/area")
    assert refused.status_code == 403
    assert "You cannot do this" in read_page(refused).get_text()
    decided = values(db, "MATCH (event:AuditEvent {action: 'area.count'}) RETURN event.decision")
    assert decided == [("denied",)]
    assert site.test_client().get("/area").headers["Location"] == "/sign-in"


def test_chosen_children_stand_side_by_side_in_table_and_picture(db: Database, lead: FlaskClient):
    named = sent(lead, narrowed(lead), "/area/names", **REASON)
    boxes = {str(box["name"]): str(box["value"]) for box in named.select("input[type=checkbox]")}
    assert len(boxes) == 2

    shown = sent(lead, named, "/area/together", **boxes)

    heads = [cell.get_text(" ", strip=True) for cell in shown.select("thead th")]
    assert [head.split(",")[0][:5] for head in heads[1:]] == ["Mia L", "Tyron"]
    lines = {row.select("th")[0].find(string=True): row.select("td") for row in shown.select("tbody tr")}
    assert set(lines) == {"Care", "Welfare", "Charity", "Youth", "Ward", "Hillbrook Primary School"}
    assert [cell.get_text(strip=True).startswith("Since") for cell in lines["Charity"]] == [True, True]
    assert lines["Care"][0].get_text(strip=True) == "Not recorded"
    drawn = {text.get_text() for text in shown.select("svg .beside-name")}
    assert drawn == {str(name) for name in lines}
    assert len(shown.select("svg .beside-dot:not(.beside-dot--ended)")) == 8
    event = values(db, "MATCH (event:AuditEvent {action: 'area.together'}) RETURN event.child_refs")
    assert event == [(["M1A0000001", "TYR0NE0001"],)]

    handles = [str(option["value"]) for option in shown.select("#child-1 option")]
    connected = sent(lead, shown, "/area/connection", **{"child-1": handles[0], "child-2": handles[1]})
    assert "1 way of 2 steps" in connected.get_text()
    assert "Charity" in connected.get_text()
    assert "1 school, GP practice or large service of these children was left aside" in connected.get_text()


def test_children_opened_in_the_session_may_be_chosen(db: Database, lead: FlaskClient):
    assert "Open the pages of two children" in read_page(lead.get("/area/opened")).get_text()
    named = sent(lead, narrowed(lead), "/area/names", **REASON)
    for link in named.select("tbody th a"):
        asked = read_page(lead.get(str(link["href"])))
        token = str(asked.select("main input[name=csrf_token]")[0]["value"])
        lead.post(str(link["href"]), data=REASON | {"csrf_token": token})

    opened = read_page(lead.get("/area/opened"))

    assert len(opened.select("input[type=checkbox]")) == 2
    refs = values(
        db, "MATCH (event:AuditEvent {action: 'area.recent'}) RETURN size(event.child_refs) ORDER BY event.at"
    )
    assert [row[0] for row in refs] == [0, 2]


def test_the_counts_can_be_downloaded_and_hold_no_name(lead: FlaskClient):
    page = read_page(lead.get("/area"))
    token = str(page.select("main input[name=csrf_token]")[0]["value"])
    form = {"csrf_token": token, "agencies": "1", "overlap": "", "period": "365", "ages": "any"}

    answer = lead.post("/area/counts.csv", data=form)

    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Children who fit,,2" in answer.text
    assert "Number of agencies involved now,5 or more,1" in answer.text
    assert "Tyrone" not in answer.text
    assert "Mental" not in answer.text


FORGED: list[dict[str, str]] = [
    {"agencies": "-1"},
    {"agencies": "6"},
    {"agencies": ""},
    {"agencies": "\uff15"},
    {"agencies": "x" * 500},
    {"overlap": "366"},
    {"overlap": "-3"},
    {"overlap": "٣"},
    {"overlap": "1e9"},
    {"period": "1"},
    {"ages": "0-99"},
    {"kind-school": "1", "agencies": "1"},
    {"kind-nobody": "1"},
    {"kind-mental_health": "1"},
    {"lack-anything": "1"},
    {"also": "agencies=0"},
    {"also": "kind=nobody"},
    {"also": "lack=x"},
    {"also": "overlap=9999999999"},
    {"also": "'; MATCH (n) DETACH DELETE n //"},
    {"page": "-1"},
    {"page": "999999999999999999"},
    {"page": "²"},
    {"reason": "curious"},
    {"reason": "safeguarding", "case_reference": "Tyrone Baptiste"},
    {"child-1": "0" * 32, "child-2": "1" * 32, "reason": "safeguarding"},
    {"child-1": "not a handle", "child-2": "\u202e", "reason": "safeguarding"},
    {"child-1": "0" * 32, "reason": "safeguarding"},
]


def test_bad_input_is_told_and_shows_nobody(lead: FlaskClient):
    page = read_page(lead.get("/area"))
    token = str(page.select("main input[name=csrf_token]")[0]["value"])
    sound = {"csrf_token": token, "agencies": "0", "overlap": "", "period": "365", "ages": "any"}
    for forged in FORGED:
        for address in ("/area", "/area/names", "/area/counts.csv", "/area/together", "/area/connection"):
            answer = lead.post(address, data=sound | forged)

            assert answer.status_code < 500, (address, forged)
            assert "Tyrone" not in answer.text
    assert lead.post("/area", data=sound | {"overlap": "x" * 100_000}).status_code == 413
    assert lead.post("/area", data="agencies=%ED%A0%80").status_code == 400
    assert lead.post("/area/names", data=REASON | {"agencies": "5"}).status_code == 400


def test_a_wrong_filter_is_said_at_its_field(lead: FlaskClient):
    page = read_page(lead.get("/area"))

    wrong = sent(lead, page, "/area", agencies="0", overlap="400", period="365", ages="any")

    link = wrong.select(".govuk-error-summary a")[0]
    assert "number from 0 to 365" in link.get_text()
    assert wrong.find(id=str(link["href"])[1:]) is not None
    no_reason = sent(lead, narrowed(lead), "/area/names")
    assert "Choose why you need their names" in no_reason.select(".govuk-error-summary")[0].get_text()
