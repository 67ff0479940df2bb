"""`python -m tests.webapp.pictures`: takes docs/pictures anew from the demonstration that runs."""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from demonstration import as_at_of
from graph.settings import Settings
from loaders.synthetic import stories_at
from tests.chromium import FLAGS, find_chromium

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
_WIDE, _NARROW = 1366, 375
_TALLEST = 2_600
_REASON = "Attendance concern"


def main() -> int:
    """Takes the pictures as a visitor and two users see the pages."""
    settings = Settings.from_environment()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        visitor = browser.new_page(viewport={"width": _WIDE, "height": 900})
        for name, path in (("sign-in", "/sign-in"), ("about", "/about")):
            visitor.goto(f"http://localhost:{settings.web_port}{path}")
            _take(visitor, name)
        teacher = _signed_in(browser, settings, "dawn.okoro")
        _take(teacher, "find-a-child")
        _open(teacher, story=1)
        _take(teacher, "child-page")
        teacher.set_viewport_size({"width": _NARROW, "height": 800})
        _take(teacher, "child-page-375")
        teacher.set_viewport_size({"width": _WIDE, "height": 900})
        _open(teacher, story=7)
        _take(teacher, "signpost")
        teacher.get_by_role("link", name="My children").click()
        _take(teacher, "my-children")
        lead = _signed_in(browser, settings, "grace.field")
        _open(lead, story=1)
        lead.get_by_role("link", name="Explore connections").first.click()
        _take(lead, "connections")
        lead.goto(f"http://localhost:{settings.web_port}/directory")
        _take(lead, "directory")
        _many_agencies(lead)
        operator = _signed_in(browser, settings, "ops", heading=None)
        _take(operator, "console")
        browser.close()
    return 0


def _signed_in(browser: Browser, settings: Settings, username: str, heading: str | None = "Find a child") -> Page:
    page = browser.new_page(viewport={"width": _WIDE, "height": 900})
    page.goto(f"http://localhost:{settings.web_port}/sign-in/{username}")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()
    if heading is not None:
        page.get_by_role("heading", name=heading).wait_for()
    page.get_by_role("button", name="Sign out").wait_for()
    return page


def _open(page: Page, *, story: int) -> None:
    name, born = stories_at(as_at_of(Settings.from_environment()))[story - 1].who[0]
    page.get_by_role("link", name="Find a child").click()
    page.get_by_label("Name").fill(name)
    for label, value in (("Day", born.day), ("Month", born.month), ("Year", born.year)):
        page.get_by_label(label).fill(str(value))
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=f"Open the page of {name}").click()
    page.get_by_label(_REASON).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", level=1, name=name).wait_for()


def _many_agencies(lead: Page) -> None:
    """Where five agencies work with one child: counts, then names for a reason, then children side by side."""
    lead.get_by_role("link", name="My area").click()
    lead.get_by_label("Agencies involved now").select_option("3 or more")
    lead.get_by_role("button", name="Apply filters").click()
    _take(lead, "area")
    lead.get_by_label("Child protection enquiry").check()
    lead.get_by_role("button", name="Show names").click()
    _take(lead, "area-names")
    for box in lead.get_by_role("checkbox").all()[:4]:
        box.check()
    lead.get_by_role("button", name="Show 2 to 8 side by side").click()
    lead.get_by_role("heading", level=1, name="Children side by side").wait_for()
    _take(lead, "side-by-side")


def _take(page: Page, name: str) -> None:
    """A picture of the page, the end of a long one left out, in as many colours as pages have: it stays small."""
    taken = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
    taken = taken.crop((0, 0, taken.width, min(taken.height, _TALLEST)))
    taken.quantize(256, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
