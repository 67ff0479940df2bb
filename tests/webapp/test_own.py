"""Own involvement, my children and corrections as pages, on the real graph."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from graph.model import clock
from graph.model.roles import Role
from graph.services.handles import handle_of
from graph.store import Database
from tests.builders import given_child, given_run, given_service, given_session, values
from tests.webapp.conftest import token_of
from tests.webapp.pages import read_page

HUB, MIND = "northshire:EH1", "northshire:MH1"
TODAY = clock.day_in_england(clock.now())
DATE = {"day": str(TODAY.day), "month": str(TODAY.month), "year": str(TODAY.year)}


@pytest.fixture
def ana(db: Database) -> str:
    given_run(db)
    given_service(db, service_id=HUB, name="Early help", kind="early_help", telephone="01632960420")
    given_service(db, service_id=MIND, name="Mind and Mood", kind="mental_health")
    return given_child(db)


def entered(site: Flask, token: str) -> FlaskClient:
    """A browser with this session in it."""
    client = site.test_client()
    with client.session_transaction() as session:
        session["token"] = token
    return client


def opened(client: FlaskClient, token: str, child_id: str) -> str:
    """The address of the child's page, for which a reason has been given."""
    page = f"/children/{handle_of(token, child_id)}"
    form = {"reason": "wellbeing", "case_reference": "", "csrf_token": token_of(client, f"{page}/reason")}
    assert client.post(f"{page}/reason", data=form).status_code == 302
    return page


def post(client: FlaskClient, address: str, **form: str) -> BeautifulSoup:
    """The page that comes of a form, after any redirect."""
    sent = client.post(address, data=form | {"csrf_token": token_of(client, address)}, follow_redirects=True)
    assert sent.status_code == 200, sent.text
    return read_page(sent)


def text(page: BeautifulSoup) -> str:
    return " ".join(page.select("main")[0].get_text(" ").split())


def test_an_involvement_is_recorded_and_ended_in_two_steps_each(db: Database, site: Flask, ana: str):
    token = given_session(db, name="Tom Aldous", service_id=HUB)
    client = entered(site, token)
    page = opened(client, token, ana)

    asked = read_page(client.get(f"{page}/involvement"))
    assert "You are not recorded as involved" in text(asked)
    form = {"role": "family support worker", "lead": "y", **DATE}
    check = post(client, f"{page}/involvement/new", **form)
    assert "Step 2 of 2" in text(check)
    assert "01632 960 420" in text(check) or "01632 960420" in text(check)
    assert values(db, "MATCH (r:Record {source: 'signpost'}) RETURN r.key") == []
    back = post(client, f"{page}/involvement/new", step="change", **form)
    assert back.select_one("input[value='family support worker'][checked]")
    done = post(client, f"{page}/involvement/new", step="record", **form)

    assert "You are recorded as involved" in text(done)
    assert "Yes" in text(done)
    listed = read_page(client.get("/my-children"))
    assert "Ana Costa" in text(listed)
    ending = str(done.select("a[href$='/end']")[0]["href"])
    stale = str(read_page(client.get(ending)).select("input[name=version]")[0]["value"])
    check = post(client, ending, removal="ended", version=stale, **DATE)
    assert "must be after the day it began" in text(check)
    check = post(client, ending, removal="mistake", version=stale)
    gone = post(client, ending, removal="mistake", version=stale, step="record")
    assert "Your involvement is taken off" in text(gone)
    csrf = token_of(client, f"{page}/involvement/new")
    again = client.post(ending, data={"removal": "mistake", "version": stale, "step": "record", "csrf_token": csrf})
    assert again.status_code == 409
    assert "has changed or ended since you opened the page" in text(read_page(again))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Choose your role"),
        ({"role": "astronaut", **DATE}, "Choose your role from the list"),
        ({"role": "key worker", **DATE, "day": ""}, "Date you began must include a day"),
        ({"role": "key worker", **DATE, "day": "31", "month": "2"}, "must be a real date"),
        ({"role": "key worker", "day": "1", "month": "1", "year": "2016"}, "on or after the child’s birth"),
        ({"role": "key worker", **DATE, "year": "9999"}, "must be today or in the past"),
        ({"role": "key worker", **DATE, "year": "٢٠٢٦"}, "must be numbers"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_at_its_field(db: Database, site: Flask, ana: str, form, words):
    token = given_session(db, service_id=HUB)
    client = entered(site, token)

    page = post(client, f"{opened(client, token, ana)}/involvement/new", step="record", **form)

    assert words in page.select(".govuk-error-summary")[0].get_text()
    assert values(db, "MATCH (r:Record {source: 'signpost'}) RETURN r.key") == []


def test_a_sensitive_service_is_asked_for_its_ground_and_nobody_else(db: Database, site: Flask, ana: str):
    token = given_session(db, service_id=MIND)
    client = entered(site, token)
    page = f"{opened(client, token, ana)}/involvement/new"

    asked = read_page(client.get(page))
    without = post(client, page, step="record", role="psychologist", basis="consent", **DATE)
    forged = post(client, page, step="record", role="psychologist", basis="public_task", lead="y", **DATE)

    assert not asked.select("input[name=lead]")
    assert "Enter the date on which consent was given" in text(without)
    assert "on what ground" in text(forged)
    consent = {f"consent_{name}": value for name, value in DATE.items()}
    done = post(client, page, step="record", role="psychologist", basis="consent", **DATE, **consent)
    assert "Consent, given on" in text(done)


def test_something_wrong_is_asked_followed_and_settled(db: Database, site: Flask, ana: str):
    token, manager = given_session(db), given_session(db, username="omar", role=Role.DATA_MANAGER)
    client, office = entered(site, token), entered(site, manager)

    asked = post(client, f"{opened(client, token, ana)}/wrong", wrong="name")
    assert "Your request has been sent" in text(asked)
    assert "Ana Costa" in text(asked)
    queue = read_page(office.get("/corrections/queue"))
    request = str(queue.select("main td a")[0]["href"])
    assert "Ana" not in request
    assert client.get("/corrections/queue").status_code == 403
    assert "Choose how it ended" in text(post_from(office, request, f"{request}/settle"))
    assert "Being looked at" in text(post_from(office, request, f"{request}/take"))
    refusing = {"outcome": "not_wrong", "refusal": "right"}
    assert "Enter the day" in text(post_from(office, request, f"{request}/settle", **refusing))
    later = clock.day_in_england(clock.now()) + timedelta(days=90)
    again = {"day": str(later.day), "month": str(later.month), "year": str(later.year)}
    done = post_from(office, request, f"{request}/settle", **refusing, **again)
    assert "The request is settled" in text(done)
    assert "Looked at, and not wrong" in text(read_page(client.get("/corrections")))


def post_from(client: FlaskClient, form_page: str, address: str, **form: str) -> BeautifulSoup:
    """What comes of a form that another page holds."""
    sent = client.post(address, data=form | {"csrf_token": token_of(client, form_page)}, follow_redirects=True)
    return read_page(sent)


def test_without_a_reason_and_with_a_strange_handle_nothing_is_shown(db: Database, site: Flask, ana: str):
    token, other = given_session(db, service_id=HUB), given_session(db, username="sam", name="Sam Pryce")
    client, thief = entered(site, token), entered(site, other)
    page = f"/children/{handle_of(token, ana)}"

    for path in ("involvement", "involvement/new", "wrong", f"involvement/{'0' * 32}/end", f"wrong/{'c' * 13}"):
        assert client.get(f"{page}/{path}").headers["Location"] == f"{page}/reason"
    form = {"reason": "wellbeing", "case_reference": "", "csrf_token": token_of(thief, f"{page}/reason")}
    thief.post(f"{page}/reason", data=form)

    for path in ("involvement", "involvement/new", "wrong"):
        answer = thief.get(f"{page}/{path}")
        assert answer.status_code == 404
        assert "Ana" not in answer.text


def test_who_has_no_service_and_no_children_is_told_how_to_begin(db: Database, site: Flask):
    client = entered(site, given_session(db))

    page = text(read_page(client.get("/my-children?page=banana")))

    assert "Your account is not linked to a service" in page
    csrf = token_of(client, "/my-children") if "csrf" in page else token_of(client, "/find-a-child")
    assert client.post("/my-children/seen", data={"mark": "x", "csrf_token": csrf}).status_code == 403
