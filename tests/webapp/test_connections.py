"""Tests for the pages of walking on and of the directory, on the real graph."""

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from graph.model.roles import Role
from graph.services.handles import handle_of
from graph.store import Database
from tests.builders import (
    given_area,
    given_carer,
    given_child,
    given_fact,
    given_post,
    given_service_area,
    given_session,
    given_shield,
    values,
)
from tests.webapp.ana import given_ana
from tests.webapp.pages import read_page

_HUB = "northshire:SC1"


@pytest.fixture
def ana(db: Database) -> str:
    """Ana, with a brother at home."""
    ana = given_ana(db)
    joe = given_child(db, child_id="BBBBBBBBB0", forename="Leo")
    given_fact(db, child_id=joe, type="LIVES_AT", target="address-1")
    given_carer(db, child_id=joe, address_id="address-1")
    given_post(db, practitioner_id="northshire:P1", service_id=_HUB)
    given_post(db, practitioner_id="northshire:P2", service_id=_HUB, role="duty officer")
    given_service_area(db, service_id=_HUB)
    return ana


def visitor(site: Flask, db: Database, child_id: str, **more: object) -> tuple[FlaskClient, str]:
    """Somebody signed in who has given a reason for a child, and the address of the child's page."""
    token = given_session(db, **{"role": Role.SAFEGUARDING_LEAD, **more})  # type: ignore[arg-type]
    handle = handle_of(token, child_id)
    client = site.test_client()
    with client.session_transaction() as session:
        session["token"] = token
        session["children"] = {handle: ["safeguarding", "", "circle"]}
    return client, f"/children/{handle}"


def step(page: BeautifulSoup, words: str) -> str:
    """The address of the step whose link says this."""
    found = next(link for link in page.select(".walk a") if re.search(words, link.get_text(" ", strip=True)))
    return str(found["href"])


def test_from_the_circle_step_by_step_and_back(site: Flask, db: Database, ana: str) -> None:
    client, address = visitor(site, db, ana)
    circle = read_page(client.get(address))
    assert f"{address}/connections" in {str(link["href"]) for link in circle.select("main a")}

    start = read_page(client.get(f"{address}/connections"))
    home = read_page(client.get(step(start, "Add to the picture.*Household")))
    both = read_page(client.get(step(home, "Add to the picture.*social care")))

    assert "1 other child recorded at this home" in start.get_text()
    assert "Leo" not in start.get_text()
    assert [row.get_text(strip=True) for row in both.select(".walked h3")] == ["Leo Costa", "Sam Pryce"]
    assert "Same home, as recorded" in both.get_text()
    assert both.svg is not None
    assert float(str(both.svg["viewbox"]).split()[3]) > float(str(start.svg["viewbox"]).split()[3])  # type: ignore[index]
    back = read_page(client.get(step(both, "Take back.*Household")))
    assert [row.get_text(strip=True) for row in back.select(".walked h3")] == ["Sam Pryce"]
    leo = both.select_one(".walked a[href^='/children/']")
    assert leo is not None
    assert str(leo["href"]).endswith("/reason")
    shown = values(
        db, "MATCH (event:AuditEvent {action: 'child.walk'}) RETURN size(event.child_refs) ORDER BY event.at"
    )
    assert sorted(shown) == [(1,), (1,), (2,), (2,)]


def test_a_walk_keeps_to_the_day_and_kinds_of_the_circle(site: Flask, db: Database, ana: str) -> None:
    client, address = visitor(site, db, ana)
    asked = "?as_at=2026-06-01&show=current"
    circle = read_page(client.get(address + asked))

    start = read_page(client.get(str(circle.select_one("a[href*='/connections']")["href"])))  # type: ignore[index]
    home = read_page(client.get(step(start, "Add to the picture.*Household")))

    for page in (start, home):
        assert "As at 1 June 2026; current only" in page.get_text()
        assert step(page, "Leave this") == address + asked


def test_what_is_refused_and_what_is_not_found(site: Flask, db: Database, ana: str) -> None:
    client, address = visitor(site, db, ana)
    page = read_page(client.get(f"{address}/connections?steps=home.nonsense.carer-c000000000000.../../x"))
    school = next(str(link["href"]) for link in page.select(".walk a") if "staff-" in str(link["href"]))
    key = re.search(r"staff-(c[0-9a-f]+)", school)
    assert key is not None

    refused = client.get(f"{address}/connections?steps=children-{key[1]}")

    assert (refused.status_code, "never lists its children" in read_page(refused).get_text()) == (403, True)
    assert client.get(f"/children/{'0' * 32}/connections").status_code == 302
    given_shield(db, child_id=ana)
    assert client.get(f"{address}/connections").status_code == 403
    shielded = client.get(address).text
    assert "connections" not in shielded


def test_the_directory_finds_a_service_and_its_page_lists_no_child(site: Flask, db: Database, ana: str) -> None:
    client, _ = visitor(site, db, ana)
    given_area(db, gss_code="E06000009")

    listed = read_page(client.get("/directory?kind=social_care&postcode=&name="))
    service = next(str(link["href"]) for link in listed.select(".filtered__list a") if "services" in str(link["href"]))
    page = read_page(client.get(service))
    person = read_page(client.get(str(page.select("tbody th a")[1]["href"])))

    assert "1 service" in listed.get_text()
    assert [row.get_text(" ", strip=True) for row in page.select("tbody th")] == ["Sam Pryce", "Priya Nair"]
    assert "Costa" not in page.get_text() + person.get_text()
    assert person.h1 is not None
    assert person.h1.get_text() == "Priya Nair"
    assert person.title is not None
    assert "Priya" not in person.title.get_text()


@pytest.mark.parametrize("query", ["kind=&postcode=&name=", "postcode=London", "kind=nonsense", "name=" + "x" * 200])
def test_a_wrong_filter_says_what_to_do(site: Flask, db: Database, query: str) -> None:
    client, _ = visitor(site, db, "0000000000")

    page = read_page(client.get(f"/directory?{query}"))

    assert page.select_one(".govuk-error-summary") is not None


def test_an_operator_has_no_directory(site: Flask, db: Database) -> None:
    client, _ = visitor(site, db, "0000000000", role=Role.OPERATOR)

    assert client.get("/directory").status_code == 403
    assert client.get(f"/directory/services/{_HUB}").status_code == 403
