"""A passkey in a real Chromium with its own virtual authenticator: added, used to come in and to prove, taken away."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from graph.services.passkeys import RelyingParty
from graph.store import Database
from tests.builders import GivenUser, given_user
from tests.webapp.conftest import served
from tests.webapp.looking import complaints_of, faults_of

pytestmark = pytest.mark.browser


@pytest.fixture
def address(site: Flask) -> Iterator[str]:
    before = site.config["SIGNPOST_PARTY"]
    with served(site) as found:
        site.config["SIGNPOST_PARTY"] = RelyingParty(found)
        yield found
    site.config["SIGNPOST_PARTY"] = before


def plug_in(page: Page) -> None:
    """Gives the page's browser an authenticator that keeps passkeys and verifies its user."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, address: str, user: GivenUser) -> None:
    page.goto(f"{address}/")
    # What went wrong is said once it has.
    expect(page.get_by_text("The passkey could not be used")).to_be_hidden()
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password", exact=True).fill(user.password)
    page.get_by_label("Code from your authenticator").fill(user.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Find a child")).to_be_visible()


def test_a_passkey_is_added_used_and_taken_away(db: Database, address: str, browser: Browser):
    user = given_user(db)
    window = browser.new_context()
    page = window.new_page()
    complaints = complaints_of(page)
    plug_in(page)
    sign_in(page, address, user)

    page.goto(f"{address}/your-sign-in")
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1, name="Prove again that it is you")).to_be_visible()
    page.get_by_label("Code from your authenticator").fill(user.code(1))
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name of this passkey").fill("Work laptop")
    assert faults_of(page, complaints) == []
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("rowheader", name="Work laptop")).to_be_visible()
    assert faults_of(page, complaints) == []

    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1, name="Find a child")).to_be_visible()

    page.goto(f"{address}/your-sign-in")
    page.get_by_role("link", name="Take away Work laptop").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1, name="Take a passkey away")).to_be_visible()
    assert faults_of(page, complaints) == []
    page.get_by_role("button", name="Take it away").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()

    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That passkey was not accepted.").first).to_be_visible()
    window.close()


def test_without_scripts_a_password_and_a_code_still_work(db: Database, address: str, browser: Browser):
    window = browser.new_context(java_script_enabled=False)
    page = window.new_page()

    sign_in(page, address, given_user(db))

    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    window.close()
