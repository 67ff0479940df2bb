"""The public page says what runs now."""

from datetime import date

import pytest
from flask import Flask

from graph.model import holdings
from graph.model.errors import Unreachable
from graph.model.kinds import KINDS, Visibility
from graph.store import Database
from tests.builders import given_run
from tests.webapp.pages import read_page
from webapp.database import keep_database


def test_it_says_who_may_see_what_in_a_table(bare_site: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(bare_site.extensions, "signpost", bare_site.extensions["signpost"])
    keep_database(bare_site, _away)

    page = read_page(bare_site.test_client().get("/about"))

    rows = [[cell.get_text() for cell in row.select("th, td")] for row in page.select("main tbody tr")]
    assert rows == [
        [looker.words, *(holdings.may_see(looker, asked) for asked in holdings.ASKED)] for looker in holdings.LOOKERS
    ]
    text = page.get_text(" ", strip=True)
    for kind in KINDS.values():
        assert kind.words in text
    assert "until the child’s 18th birthday" in text
    assert "There is no score" in text
    assert "cannot be shown right now" in text


def test_it_says_who_has_sent_what_and_when_last(site: Flask, db: Database):
    given_run(db, run=1, feed="pds", supplier="nhs", title="Personal Demographics Service", as_at=date(2026, 11, 9))
    given_run(db, run=2, feed="involvements", supplier="northshire", as_at=date(2026, 11, 20))
    given_run(db, run=3, feed="involvements", supplier="harbour", as_at=date(2026, 11, 21), publish=False)

    text = read_page(site.test_client().get("/about")).get_text(" ", strip=True)

    assert "Last received: 9 November 2026." in text
    assert "Last received from Northshire: 20 November 2026." in text
    assert "Harbour" not in text
    assert "cannot be shown" not in text


def test_a_kind_that_becomes_sensitive_moves_on_the_page(bare_site: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(bare_site.extensions, "signpost", bare_site.extensions["signpost"])
    keep_database(bare_site, _away)
    housing = KINDS["housing"]
    monkeypatch.setitem(KINDS, "housing", type(housing)(**{**vars(housing), "visibility": Visibility.SENSITIVE}))

    page = read_page(bare_site.test_client().get("/about"))

    (line,) = [item.get_text() for item in page.select("main li") if "Sensitive kinds" in item.get_text()]
    assert "Housing" in line


def _away() -> Database:
    raise Unreachable("It does not answer.")
