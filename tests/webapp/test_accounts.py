"""Accounts on the pages: asked for by one administrator, approved by another, opened by its user."""

import re
from datetime import date

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graph.model.roles import Role
from graph.store import Database
from tests.builders import GivenUser, given_user
from tests.webapp.conftest import token_of
from tests.webapp.pages import read_page

PASSWORD = "kettle orbit walnut"


def _administrator(db: Database, username: str) -> GivenUser:
    return given_user(db, username=username, name=username.title(), role=Role.ADMINISTRATOR, authority=None)


def _post(client: FlaskClient, address: str, page: str, **form: str) -> TestResponse:
    return client.post(address, data=form | {"csrf_token": token_of(client, page)})


def _code(answer: TestResponse) -> str:
    found = read_page(answer).select_one("main code")
    assert found is not None, answer.get_data(as_text=True)
    return found.get_text()


def test_the_whole_way_of_an_account(db: Database, site: Flask, sign_in):
    lee, alex = _administrator(db, "lee"), _administrator(db, "alex")
    asker, approver, user = site.test_client(), site.test_client(), site.test_client()
    sign_in(asker, lee)
    sign_in(approver, alex)
    assert asker.get("/").headers["Location"] == "/accounts"

    form = {"name": "Kim Lake", "role": "practitioner", "organisation": "Harbour", "username": "kim.lake"}
    word = _code(_post(asker, "/accounts/new", "/accounts/new", **form))
    waiting = str(read_page(approver.get("/accounts")).select("main a[href*=waiting]")[0]["href"])
    own = _post(asker, waiting, waiting, act="approve")
    assert own.status_code == 403
    back = "accounts.show_application"
    assert _post(approver, waiting, waiting, act="approve", back=back).headers["Location"] == "/prove"
    proven = _post(approver, "/prove", "/prove", code=alex.code(1))
    assert proven.headers["Location"] == waiting
    link = _code(_post(approver, waiting, waiting, act="approve"))
    assert link.startswith("http://localhost:8000/activate/")

    address = link.removeprefix("http://localhost:8000")
    page = read_page(user.get(address))
    seed = page.select("main code")[0].get_text()
    assert read_page(user.get(address)).select("main code")[0].get_text() == seed, "It stays while one types it."
    assert read_page(site.test_client().get(address)).select("main code")[0].get_text() != seed
    totp = pyotp.TOTP(seed)
    wrong = _post(user, address, address, word="wrong-words", password=PASSWORD, code=totp.now())
    assert wrong.status_code == 403
    opened = _post(user, address, address, word=word, password=PASSWORD, code=totp.now())
    assert opened.headers["Location"] == "/sign-in"
    assert "Your account is open" in read_page(user.get("/sign-in")).get_text()
    assert user.get(address).status_code == 404

    ended = approver.post("/accounts/of/kim.lake/suspend", data={"csrf_token": token_of(approver, "/accounts/new")})
    assert ended.status_code == 302
    assert re.search("Suspended", read_page(approver.get("/accounts/of/kim.lake")).get_text())


def test_a_change_begins_with_what_is_and_waits(db: Database, site: Flask, sign_in):
    given_user(db, username="kim.lake", name="Kim Lake", vetted_until=date(2030, 3, 31), statutory=True)
    client = site.test_client()
    sign_in(client, _administrator(db, "lee"))

    address = "/accounts/of/kim.lake/change"
    page = read_page(client.get(address))

    assert page.select("#vetted_until")[0]["value"] == "2030-03-31"
    assert page.select("#role input[checked]") or page.select("input[name=role][checked]")
    wrong = _post(client, address, address, name="Kim", role="auditor", organisation="X", vetted_until="31/3/2030")
    assert "Enter a date like 2027-03-31" in read_page(wrong).get_text()
    wrong = _post(client, address, address, name="Kim", role="auditor", organisation="X", children_a_day="0")
    assert "Enter a number from 1 to 10,000" in read_page(wrong).get_text()
    right = _post(client, address, address, name="Kim", role="auditor", organisation="X", vetted_until="2031-03-31")
    assert "Another administrator has to approve it" in read_page(right).get_text()
    again = _post(client, address, address, name="Kim", role="auditor", organisation="X")
    assert again.status_code == 409


def test_an_address_of_the_link_is_in_no_log(db: Database, site: Flask, caplog):
    with caplog.at_level("INFO", logger="signpost.access"):
        site.test_client().get("/activate/" + "a" * 43)

    assert "/activate/<handle:link>" in caplog.text
    assert "a" * 43 not in caplog.text
