"""What is made of a circle, over the real site and graph: each a disclosure of its own, none deeper than its user's."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graph.model.roles import Role
from graph.services import audit
from graph.services.handles import handle_of
from graph.store import Database
from tests.builders import given_involvement, given_service, given_session, given_shield
from tests.webapp.ana import given_ana
from tests.webapp.pages import read_page

SOCIAL_WORKER = {"name": "Priya Nair", "organisation": "Northshire Council", "statutory": True}
PAGES = ("time-line", "contact-sheet", "circle.csv", "circle.svg", "circle.png")
CIRCLE_ONLY = ("time-line", "circle.svg", "circle.png")


def opened(site: Flask, token: str, child: str, depth: str = "signpost") -> tuple[FlaskClient, str]:
    """A browser in which this session has given a reason for this child, and the address of the child."""
    client = site.test_client()
    handle = handle_of(token, child)
    with client.session_transaction() as session:
        session["token"] = token
        session["children"] = {handle: ["attendance", "AB12", depth]}
    return client, f"/children/{handle}"


def events(db: Database) -> list[dict[str, object]]:
    return [json.loads(event.content) for event in _stored(db)]


def _stored(db: Database) -> Iterator[audit.StoredEvent]:
    for head in db.read(audit.LIST_HEADS):
        yield from db.read(audit.LIST_EVENTS, shard=head.shard, first=1, last=head.seq)


def test_each_is_a_disclosure_with_an_action_of_its_own(db: Database, site: Flask):
    ana = given_ana(db)
    client, here = opened(site, given_session(db, **SOCIAL_WORKER), ana)

    answers = {page: client.get(f"{here}/{page}") for page in PAGES}

    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(PAGES, 200)
    assert [(event["action"], event["purpose"], event["child_refs"]) for event in events(db)] == [
        (f"child.{act}", "attendance", [ana]) for act in ("timeline", "sheet", "table", "drawing", "image")
    ]
    assert all(event["facts"] for event in events(db))
    for ending in ("csv", "svg", "png"):
        said = answers[f"circle.{ending}"].headers["Content-Disposition"]
        assert said.startswith('attachment; filename="circle-as-at-')
        assert said.endswith(f'.{ending}"')
        assert "ana" not in said.lower()
        assert answers[f"circle.{ending}"].headers["Cache-Control"] == "no-store"
    assert answers["circle.csv"].content_type == "text/csv; charset=utf-8"
    assert "Maria Costa" in answers["circle.svg"].get_data(as_text=True)
    assert answers["circle.png"].get_data().startswith(b"\x89PNG")


def test_at_the_signpost_nothing_deeper_is_given_in_any_form(db: Database, site: Flask):
    ana = given_ana(db)
    client, here = opened(site, given_session(db), ana)

    answers = {page: client.get(f"{here}/{page}") for page in PAGES}

    for page in CIRCLE_ONLY:
        assert answers[page].status_code == 403
        assert "open the circle first" in read_page(answers[page]).get_text()
    for page in ("contact-sheet", "circle.csv"):
        text = answers[page].get_data(as_text=True)
        assert answers[page].status_code == 200
        assert "Priya Nair" in text
        assert "Maria" not in text
        assert "Family Hub" not in text
    assert [event["decision"] for event in events(db)].count("denied") == 3


def test_the_circle_once_opened_is_given_in_every_form(db: Database, site: Flask):
    ana = given_ana(db)
    client, here = opened(site, given_session(db), ana, depth="circle")

    assert {client.get(f"{here}/{page}").status_code for page in PAGES} == {200}


def test_files_and_time_line_obey_the_filter(db: Database, site: Flask):
    client, here = opened(site, given_session(db, **SOCIAL_WORKER), given_ana(db))
    asked = "?as_at=2026-02-01&social_care=yes"

    table = client.get(f"{here}/circle.csv{asked}").get_data().decode("utf-8-sig")
    timeline = read_page(client.get(f"{here}/time-line?show=ended"))
    drawing = client.get(f"{here}/circle.svg{asked}").get_data(as_text=True)

    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [(row["Name"], row["Standing"]) for row in rows if row["Part of the circle"] == "Social care"] == [
        ("Early help, Family Hub", "current")
    ]
    assert {row["Part of the circle"] for row in rows} == {"At home", "Social care"}
    assert [event.get_text(" ", strip=True) for event in timeline.select(".timeline__what")] == [
        "Early help, Family Hub: ended",
        "Early help, Family Hub: began",
    ]
    assert "Family Hub" in drawing
    assert "Hillbrook" not in drawing.partition("Shown to")[0]


def test_a_sheet_lists_contacts_of_open_kinds_only(db: Database, site: Flask):
    ana = given_ana(db)
    given_service(db, service_id="northshire:YJ", name="Youth justice team", kind="youth_justice", telephone="01632 9")
    given_involvement(db, child_id=ana, service_id="northshire:YJ", run=3)
    client, here = opened(site, given_session(db, **SOCIAL_WORKER), ana)

    page, sheet = (read_page(client.get(here + ending)) for ending in ("", "/contact-sheet"))

    assert "Youth justice team" in page.get_text()
    assert "Youth justice team" not in sheet.get_text()
    assert "Maria" not in sheet.get_text()
    first = sheet.select("tbody tr")[0].get_text(" ", strip=True)
    assert first.startswith("Children’s social care")
    assert "Lead professional" in first
    seal = sheet.select(".seal")[0].get_text()
    assert "Shown to Priya Nair, Northshire Council at" in seal
    assert "Reason: Attendance concern. Case reference AB12." in seal


def test_nothing_of_a_shielded_child_is_taken_away(db: Database, site: Flask):
    ana = given_ana(db)
    given_shield(db, child_id=ana)
    tokens = (
        given_session(db, **SOCIAL_WORKER),
        given_session(db, username="m", name="Moira", role=Role.DATA_MANAGER, organisation="Northshire"),
    )

    for token in tokens:
        client, here = opened(site, token, ana, depth="circle")
        answers = {page: client.get(f"{here}/{page}").status_code for page in PAGES if page != "time-line"}
        assert set(answers.values()) == {403}
    client, here = opened(site, tokens[0], ana, depth="circle")
    assert client.get(f"{here}/time-line").status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_without_a_reason_or_with_another_session_s_handle_nothing_is_given(db: Database, site: Flask, page: str):
    ana = given_ana(db)
    mine, other = given_session(db, **SOCIAL_WORKER), given_session(db, username="sam")
    client, here = opened(site, mine, ana)
    theirs = f"/children/{handle_of(other, ana)}"

    assert client.get(f"{theirs}/{page}").headers["Location"] == f"{theirs}/reason"
    with client.session_transaction() as session:
        session["children"] = {handle_of(other, ana): ["attendance", "", "circle"]}
    assert client.get(f"{theirs}/{page}").status_code == 404
    assert client.get(f"{here}/{page}?as_at=2026-01-32").headers["Location"] == f"{here}/reason"
