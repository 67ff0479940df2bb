"""The console in a real browser: rules of axe, the keyboard, and a job whose progress is told while it runs."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from graph.model.roles import Role
from graph.services import quality
from graph.store import Database
from tests.builders import given_child, given_run, given_session
from tests.webapp.test_journey import (
    address,  # noqa: F401 (a fixture)
    browser,  # noqa: F401 (a fixture)
    check_axe,
    complaints_of,
    in_window,
)

pytestmark = pytest.mark.browser
JOB = "20261121T120000-0123abcd"


@pytest.fixture
def operator(site: Flask, db: Database, browser: Browser, address: str) -> Iterator[Page]:  # noqa: F811
    """A window in which an operator is signed in."""
    token = given_session(db, username="ops", name="Jo Marsh", role=Role.OPERATOR, authority=None)
    client = site.test_client()
    with client.session_transaction() as session:
        session["token"] = token
    cookie = client.get_cookie("sid")
    assert cookie is not None
    with in_window(browser) as window:
        window.add_cookies([{"name": "sid", "value": cookie.value, "url": address}])
        yield window.new_page()


def test_the_console_is_read_and_walked_by_keyboard(operator: Page, address: str, db: Database) -> None:  # noqa: F811
    given_run(db)
    given_child(db)
    quality.take_snapshot(db)
    complaints = complaints_of(operator)

    operator.goto(f"{address}/")
    expect(operator.get_by_role("heading", level=1)).to_have_text("Feeds")
    check_axe(operator)
    for words, heading in (("Files", "Files"), ("Jobs", "Jobs"), ("Runs", "Runs"), ("Data quality", "Data quality")):
        link = operator.get_by_role("navigation", name="Parts of the console").get_by_role("link", name=words)
        link.focus()
        operator.keyboard.press("Enter")
        expect(operator.get_by_role("heading", level=1)).to_have_text(heading)
        check_axe(operator)
    operator.set_viewport_size({"width": 375, "height": 800})
    for part in ("", "/files", "/runs", "/quality"):
        operator.goto(f"{address}/console{part}")
        assert operator.evaluate("document.documentElement.scrollWidth") <= 375, part
    assert complaints == []


def test_a_job_says_how_far_it_is_and_then_how_it_ended(
    operator: Page,
    address: str,  # noqa: F811
    site: Flask,
) -> None:
    own = site.extensions["signpost-folders"].jobs / JOB
    own.mkdir(parents=True)
    me = {"pid": os.getpid(), "created": psutil.Process().create_time()}
    job = {"job_id": JOB, "kind": "count", "words": [], "feed": None, "file": None, "run": None, "by": "Jo Marsh"}
    (own / "job.json").write_text(json.dumps(job | {"started_at": time.time()} | me), encoding="utf-8")
    tell(own, **me, stage="children", done=100, total=400, rate=50.0, left=6.0)
    complaints = complaints_of(operator)

    operator.goto(f"{address}/console/jobs/{JOB}")
    bar = operator.get_by_role("progressbar", name="Children")
    expect(bar).to_have_attribute("value", "0.25")
    expect(operator.get_by_text("Children: 100 of 400, 50 a second, about 6 seconds left")).to_be_visible()
    check_axe(operator)
    tell(own, **me, stage="children", done=300, total=400, rate=50.0, left=2.0)
    expect(operator.get_by_text("Children: 300 of 400, 50 a second, about 2 seconds left")).to_be_visible()
    tell(own, **me, stage="children", done=400, total=400, code=0)
    expect(operator.get_by_text("The graph has been counted.")).to_be_visible()
    assert complaints == []


def tell(own: Path, **said: object) -> None:
    """Replaces the progress whole, as the command does."""
    fresh = own / "progress.json.new"
    fresh.write_text(json.dumps(said), encoding="utf-8")
    os.replace(fresh, own / "progress.json")
