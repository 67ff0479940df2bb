"""Shields, an override and a question to the team as pages, on the real graph."""

from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from graph.model import clock
from graph.model.roles import Role
from graph.services import access, overriding
from graph.services.handles import handle_of
from graph.store import Database
from tests.builders import (
    SCHOOL,
    given_child,
    given_fact,
    given_run,
    given_service,
    given_session,
    given_shield,
    given_user,
)
from tests.webapp.pages import read_page
from tests.webapp.test_own import entered, opened, text

REVIEW = clock.day_in_england(clock.now()) + timedelta(days=90)
PROPOSAL = {
    "ground": "domestic_abuse",
    "evidence": "refuge",
    "words": "moved on Monday",
    "day": str(REVIEW.day),
    "month": str(REVIEW.month),
    "year": str(REVIEW.year),
}


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNPOST_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def ana(db: Database) -> str:
    given_run(db)
    given_service(db)
    made = given_child(db)
    given_fact(db, child_id=made, type="ATTENDS", target=SCHOOL)
    return made


def send(client: FlaskClient, form_at: str, address: str, **form: str) -> BeautifulSoup:
    """The page that comes of a form which stands on another page, after any redirect."""
    field = read_page(client.get(form_at)).select_one("input[name=csrf_token]")
    assert field is not None
    sent = client.post(address, data=form | {"csrf_token": str(field["value"])}, follow_redirects=True)
    return read_page(sent)


def test_a_lead_proposes_and_a_data_manager_decides(db: Database, site: Flask, ana: str):
    grace = given_session(db, username="grace", name="Grace Field", role=Role.SAFEGUARDING_LEAD)
    omar = given_session(db, username="omar", name="Omar Said", role=Role.DATA_MANAGER)
    lead, manager = entered(site, grace), entered(site, omar)
    page = f"/children/{handle_of(grace, ana)}/shield"

    wrong = send(lead, page, page, **(PROPOSAL | {"year": "2099", "words": ""}))
    assert "Review date must be within 6 months" in text(wrong)
    assert "Enter the ground in a few words" in text(wrong)
    assert "Your proposal is recorded" in text(send(lead, page, page, **PROPOSAL))
    assert "somebody else decides it" in text(read_page(lead.get(page)))
    page = f"/children/{handle_of(omar, ana)}/shield"
    assert "moved on Monday" in text(read_page(manager.get(page)))
    assert "Your decision is recorded" in text(send(manager, page, f"{page}/decide", verdict="agreed"))

    assert "1 child of your area is shielded" in text(read_page(manager.get("/shields")))
    dawn = given_session(db)
    client = entered(site, dawn)
    shown = text(read_page(client.get(opened(client, dawn, ana))))
    assert "This record is shielded" in shown
    assert "Who to ring" not in shown


def test_a_data_manager_sees_the_circle_through_the_shield_and_saves_nothing(db: Database, site: Flask, ana: str):
    given_shield(db, child_id=ana)
    omar = given_session(db, username="omar", name="Omar Said", role=Role.DATA_MANAGER)
    client = entered(site, omar)
    address = opened(client, omar, ana)

    page = read_page(client.get(address))

    assert "Hillbrook Primary School" in text(page)
    assert "You see it as a data manager of its area" in text(page)
    assert "Save what is shown" not in text(page)
    assert client.get(f"{address}/circle.csv").status_code == 403


def test_an_override_is_over_with_the_first_other_page(db: Database, site: Flask, ana: str):
    given_shield(db, child_id=ana)
    user = given_user(db, username="officer", name="Max Hill", authority="E06000009", statutory=True)
    overriding.give_right(db, username="officer", held=True, by="test")
    token = access.sign_in(db, username=user.username, password=user.password, code=user.code()).token
    client = entered(site, token)
    address = opened(client, token, ana)

    page = send(client, f"{address}/override", f"{address}/override", words="missing", code=user.code(1))

    assert "Hillbrook Primary School" in text(page)
    assert "by an override" in text(page)
    assert "Hillbrook Primary School" in text(read_page(client.get(address)))
    assert "Explore connections" not in text(page)
    # A copy of the cookie from before is of no use afterwards: the graph knows that the record was left.
    kept = client.get_cookie("sid")
    assert kept is not None
    client.get("/find-a-child")
    assert "Nothing more may be shown" in text(read_page(client.get(address)))
    client.set_cookie("sid", kept.value)
    assert "Nothing more may be shown" in text(read_page(client.get(address)))
    grace = given_session(db, username="grace", name="Grace Field", role=Role.SAFEGUARDING_LEAD)
    first = read_page(entered(site, grace).get("/find-a-child"))
    assert "A shield of your area was overridden" in text(first)
    assert "Max" not in text(first)
    assert "Ana" not in text(first)
