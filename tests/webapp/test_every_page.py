"""Every page, from the application's own table of routes, as every kind of visitor, in a real browser."""

import re
from dataclasses import dataclass, field
from functools import cache

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.test import TestResponse

from tests.webapp.examples import EXAMPLES, NOT_PAGES
from tests.webapp.looking import WIDE, complaints_of, faults_of, faults_without_scripts
from tests.webapp.pages import read_page
from tests.webapp.town import Example, Town, Visit, Who

_SUBMIT = """([address, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    field.type = "hidden"; field.name = name; field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""
# What was looked at once is not looked at again because another visitor sees other words in the same places.
_Shape = tuple[object, ...]


@dataclass
class _Seen:
    """What all visitors together have seen."""

    shapes: set[_Shape] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def seen() -> _Seen:
    return _Seen()


def test_every_route_has_an_example(bare_site: Flask):
    routes = {
        (rule.rule, method)
        for rule in bare_site.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
        if rule.rule not in NOT_PAGES
    }
    shown = {(example.rule, example.method) for example in EXAMPLES}

    assert sorted(routes - shown) == [], (
        "Add an Example of each to EXAMPLES in tests/webapp/examples.py: its rule and method, who is answered, and"
        " what stands in the address and the form. What its page needs goes into given_town of tests/webapp/town.py."
    )
    assert sorted(shown - routes) == [], "These routes are gone: take their examples out of tests/webapp/examples.py."


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("who", Who)
def test_every_page_for(who: Who, town: Town, browser: Browser, seen: _Seen):
    faults: list[str] = []
    with _window(browser) as scripted, _window(browser, java_script_enabled=False) as plain:
        page, bare = scripted.new_page(), plain.new_page()
        complaints = complaints_of(page)
        for example in EXAMPLES:
            if who not in example.by:
                continue
            visit = town.visit(who, anew=example.spoils)
            answer = ask(visit, example)
            found = _static_faults(example, answer, seen)
            if not found and example.leads_to is None and _is_new(answer, seen):
                _open(page, town, visit, example)
                found = faults_of(page, complaints)
                _open(bare, town, visit, example)
                found += faults_without_scripts(bare)
            faults += [f"{example} as {who}: {fault}" for fault in found]

    assert not faults, "\n".join(["", *faults])


def ask(visit: Visit, example: Example) -> TestResponse:
    """The answer to an example, in this visitor's session and after what comes before it."""
    for before in example.before:
        ask(visit, before)
    return visit.client.open(address_of(visit, example), method=example.method, data=sent(visit, example))


def address_of(visit: Visit, example: Example) -> str:
    """Where the example is asked for."""
    site = visit.town.site
    with site.test_request_context("/"):
        adapter = site.url_map.bind("localhost")
        values = {**example.values(visit), **example.query}
        return adapter.build(_endpoint(site, example.rule, example.method), values, method=example.method)


def sent(visit: Visit, example: Example) -> dict[str, str] | None:
    """What is sent in the body, with the token of a form."""
    return {**example.form(visit), "csrf_token": visit.csrf} if example.method == "POST" else None


@cache
def _endpoint(site: Flask, rule: str, method: str) -> str:
    return next(each.endpoint for each in site.url_map.iter_rules() if each.rule == rule and method in each.methods)


def _static_faults(example: Example, answer: TestResponse, seen: _Seen) -> list[str]:
    if example.leads_to is not None:
        where = answer.headers.get("Location", "")
        fits = answer.status_code in (302, 303) and re.fullmatch(_pattern(example.leads_to), where.partition("?")[0])
        return [] if fits else [f"answers {answer.status_code} {where}, and should lead to {example.leads_to}"]
    if answer.status_code != example.status:
        return [f"answers {answer.status_code}, and should answer {example.status}: {_words(answer)}"]
    try:
        soup = read_page(answer)
    except AssertionError as error:
        return [f"is not a good page: {error}"]
    language = soup.html is not None and soup.html.get("lang") == "en"
    return ([] if language else ["does not say in which language it is"]) + _title_faults(example, soup, seen)


def _title_faults(example: Example, soup: BeautifulSoup, seen: _Seen) -> list[str]:
    assert soup.title is not None
    title = soup.title.get_text(strip=True)
    other = seen.titles.setdefault(title, example.rule)
    same = other == example.rule or example.status != 200
    return [] if same else [f"has the title of {other}: {title}"]


def _pattern(rule: str) -> str:
    return re.sub(r"\\?<[^>]*>", "[^/]+", re.escape(rule).replace(r"\<", "<").replace(r"\>", ">"))


def _words(answer: TestResponse) -> str:
    main = BeautifulSoup(answer.get_data(as_text=True), "lxml").find("main")
    return " ".join(main.get_text(" ", strip=True).split())[:300] if main else ""


def _is_new(answer: TestResponse, seen: _Seen) -> bool:
    main = BeautifulSoup(answer.get_data(as_text=True), "lxml").find("main")
    assert isinstance(main, Tag)
    shape = tuple(dict.fromkeys(_shape(tag) for tag in [main, *main.find_all(True)]))
    if shape in seen.shapes:
        return False
    seen.shapes.add(shape)
    return True


def _shape(tag: Tag) -> tuple[object, ...]:
    return (tag.name, tuple(tag.get("class") or ()), tuple(sorted(tag.attrs)), tag.parent and tag.parent.name)


def _window(browser: Browser, **options: object) -> BrowserContext:
    return browser.new_context(viewport=WIDE, **options)  # type: ignore[arg-type]


def _open(page: Page, town: Town, visit: Visit, example: Example) -> None:
    page.context.clear_cookies()
    if visit.cookie:
        page.context.add_cookies([{"name": "sid", "value": visit.cookie, "url": town.address, "sameSite": "Strict"}])
    address = town.address + address_of(visit, example)
    fields = sent(visit, example)
    if fields is None:
        page.goto(address)
        return
    page.goto(f"{town.address}/help")
    with page.expect_navigation():
        page.evaluate(_SUBMIT, [address, fields])


_BAD = """<!doctype html><html lang="en"><head><title>Bad</title><style>
a:focus { outline: none } .wide { width: 500px } .lost { display: none }
.alike { forced-color-adjust: none; color: #111; background: #111 }
</style></head><body><main><h1>Bad</h1><p class="wide">Too wide</p><img src="data:,">
<a href="#a">Unmarked</a><button class="lost">Lost</button><p class="alike">Unreadable</p></main></body></html>"""


@pytest.mark.browser
def test_a_page_with_every_fault_is_told_of_each(browser: Browser):
    with _window(browser) as scripted, _window(browser, java_script_enabled=False) as plain:
        page, bare = scripted.new_page(), plain.new_page()
        complaints = complaints_of(page)
        page.set_content(_BAD.replace("<main>", "<main><script>missing()</script>"))
        bare.set_content(_BAD)

        told = "\n".join(faults_of(page, complaints) + faults_without_scripts(bare))

    for fault in (
        "axe: image-alt",
        "nothing shows that this has the focus: Unmarked",
        "cannot be read in forced colours: Unreadable",
        "scrolls sideways at 400 %",
        "a script failed: missing is not defined",
        'is out of sight without scripts: <button class="lost">',
    ):
        assert fault in told, told
