"""Walking on in a real browser: a step, another, one taken back, and the browser's own Back."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from graph.store import Database
from tests.builders import given_carer, given_child, given_fact
from tests.webapp.ana import given_ana
from tests.webapp.conftest import served
from tests.webapp.test_connections import visitor

pytestmark = pytest.mark.browser
# A busy machine is slow, not wrong.
_SLOW = 60_000


@pytest.mark.parametrize("scripts", [True, False])
def test_a_walk_can_be_taken_back_step_by_step(site: Flask, db: Database, browser: Browser, scripts: bool):
    ana = given_ana(db)
    leo = given_child(db, child_id="BBBBBBBBB0", forename="Leo")
    given_fact(db, child_id=leo, type="LIVES_AT", target="address-1")
    given_carer(db, child_id=leo, address_id="address-1")
    client, address = visitor(site, db, ana)
    cookie = client.get_cookie("sid")
    assert cookie is not None

    with served(site) as place, browser.new_context(java_script_enabled=scripts) as window:
        window.add_cookies([{"name": "sid", "value": cookie.value, "url": place}])
        page = window.new_page()
        page.set_default_timeout(_SLOW)
        page.goto(place + address)
        page.get_by_role("link", name="Explore connections").click()
        expect(page.get_by_text("1 other child recorded at this home")).to_be_visible(timeout=_SLOW)
        assert page.get_by_text("Leo Costa").count() == 0

        page.get_by_role("link", name=re.compile("Add to the picture.*Household")).click()
        row = page.locator(".walked", has_text="Leo Costa")
        expect(row).to_contain_text("Same home, as recorded", timeout=_SLOW)
        assert page.locator("svg.circle [data-kind=other-child]").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("link", name=re.compile("Add to the picture.*Same carer: Maria")).click()
        expect(row).to_contain_text("Same carer: Maria Costa", timeout=_SLOW)

        page.get_by_role("link", name=re.compile("Take back.*Household")).click()
        expect(page.get_by_role("heading", name=re.compile("^Same carer"))).to_be_visible(timeout=_SLOW)
        expect(page.get_by_role("heading", name=re.compile("^Household:"))).to_have_count(0, timeout=_SLOW)
        page.go_back()
        expect(page.get_by_role("heading", name=re.compile("^Household:"))).to_be_visible(timeout=_SLOW)
        assert "leo" not in page.url.lower()
