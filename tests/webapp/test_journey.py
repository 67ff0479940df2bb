"""The whole way in a real browser: signing in, finding a child, a reason, the circle."""

from collections.abc import Iterator
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from graph.store import Database
from tests.builders import GivenUser, given_user
from tests.chromium import FLAGS, find_chromium
from tests.webapp.ana import given_ana

pytestmark = pytest.mark.browser
WIDE = {"width": 1366, "height": 900}


class _Quiet(WSGIRequestHandler):
    """Writes no log between the dots of the tests."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def address(site: Flask) -> Iterator[str]:
    """Where the site is served for one test."""
    server = make_server("127.0.0.1", 0, site, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def worker(db: Database) -> GivenUser:
    given_ana(db)
    return given_user(db, username="priya", name="Priya Nair", organisation="Northshire Council", statutory=True)


def complaints_of(page: Page) -> list[str]:
    """What the browser says against the page while it is used: refused styles and scripts, failed requests."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def check_axe(page: Page) -> None:
    """No rule of axe is broken."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def walk(page: Page, address: str, user: GivenUser, *, look: bool = False) -> None:
    """From the first page to the circle, as a person does it; `look` has each page checked by axe."""

    def arrived(heading: str) -> None:
        # A page just begun is still without an element; and looking at once may mean looking at the page before.
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        page.wait_for_load_state()
        if look:
            check_axe(page)

    page.goto(f"{address}/")
    arrived("Sign in")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password", exact=True).fill(user.password)
    page.get_by_label("Code from your authenticator").fill(user.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    arrived("Find a child")
    page.get_by_label("Name").fill("Costa Ana")
    page.get_by_label("Day").fill("4")
    page.get_by_label("Month").fill("6")
    page.get_by_label("Year").fill("2017")
    page.get_by_role("button", name="Search").click()
    arrived("Children found")
    page.get_by_role("link", name="Open the page of Ana Costa").click()
    arrived("Why do you need to see this child’s page?")
    page.get_by_label("Attendance concern").check()
    page.get_by_role("button", name="Continue").click()
    arrived("Ana Costa")


def in_window(browser: Browser, **options: object) -> BrowserContext:
    """A window of its own, wide unless told otherwise."""
    return browser.new_context(**({"viewport": WIDE} | options))  # type: ignore[arg-type]


def test_from_signing_in_to_the_circle(browser: Browser, address: str, worker: GivenUser):
    with in_window(browser) as window:
        page = window.new_page()
        complaints = complaints_of(page)

        walk(page, address, worker, look=True)

        expect(page).to_have_title("Child’s circle – Signpost")
        picture = page.locator("svg.circle")
        expect(picture).to_be_visible()
        expect(page.locator("svg.circle--taken")).to_be_attached(timeout=20_000)
        page.locator(".picture").get_by_role("link", name="Hillbrook Primary School").press("Enter")
        expect(page.locator(".card--chosen")).to_contain_text("Hillbrook Primary School")
        assert "costa" not in page.url.lower()
        assert complaints == []


def test_without_scripts(browser: Browser, address: str, worker: GivenUser):
    with in_window(browser, java_script_enabled=False) as window:
        page = window.new_page()

        walk(page, address, worker)

        expect(page.locator("svg.circle")).to_be_visible()
        assert page.locator("svg.circle .circle-card").count() == 7


def test_on_a_telephone_the_list_comes_first_and_nothing_else_scrolls_sideways(
    browser: Browser, address: str, worker: GivenUser
):
    with in_window(browser, viewport={"width": 375, "height": 800}) as window:
        page = window.new_page()

        walk(page, address, worker)

        rows, pane = page.locator(".beside__list").bounding_box(), page.locator(".pane").bounding_box()
        assert rows is not None
        assert pane is not None
        assert rows["y"] < pane["y"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert page.evaluate("document.querySelector('.pane').scrollWidth") > 375
        check_axe(page)


def plain(page: Page) -> None:
    """Has the drawing itself shown, not what Cytoscape makes of it."""
    expect(page.locator("svg.circle--taken")).to_be_attached(timeout=20_000)
    page.get_by_role("button", name="Show as plain picture").click()


def test_words_stay_inside_their_cards(browser: Browser, address: str, worker: GivenUser):
    with in_window(browser) as window:
        page = window.new_page()

        walk(page, address, worker)
        plain(page)

        outside = page.evaluate(
            """() => [...document.querySelectorAll('.circle-card')].flatMap(card => {
              const box = card.querySelector('.circle-box').getBBox();
              return [...card.querySelectorAll('a text')]
                .filter(text => text.getBBox().x + text.getBBox().width > box.x + box.width)
                .map(text => text.textContent);
            })"""
        )
        assert outside == []


def test_every_link_of_the_picture_can_be_reached_by_keyboard(browser: Browser, address: str, worker: GivenUser):
    with in_window(browser) as window:
        page = window.new_page()
        walk(page, address, worker)
        plain(page)
        links = page.locator("svg.circle a").count()

        page.locator(".pane").focus()
        reached = set()
        for _ in range(links):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.getAttribute('aria-label')"))

        assert len(reached) == links
