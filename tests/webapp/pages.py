"""What is true of every page: one way to look at an answer."""

import re

from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# A child's name stands on the page and never in the title of a window or a history.
_NAMELESS = (
    "Child’s circle",
    "Child’s time-line",
    "Connections of this child",
    "Contact sheet",
    "Practitioner",
    "Shielded child",
    "Whom to ring for this child",
)


def read_page(response: TestResponse) -> BeautifulSoup:
    """The page of an answer, after every check that holds for all."""
    check_headers(response)
    soup = BeautifulSoup(response.get_data(as_text=True), "lxml")
    check_headings(soup)
    check_ids(soup)
    check_inputs(soup)
    check_forms(soup)
    check_markup(soup)
    check_nonce(response, soup)
    return soup


def check_headers(response: TestResponse) -> None:
    """The same headers on every answer."""
    for name, value in HEADERS.items():
        assert response.headers.get(name) == value, name
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "Permissions-Policy" in response.headers


def check_headings(soup: BeautifulSoup) -> None:
    """One first heading, with which the title begins."""
    headings = soup.find_all("h1")
    assert len(headings) == 1, headings
    assert soup.title is not None
    title = soup.title.get_text(strip=True)
    assert title.endswith(" – Signpost"), title
    first = title.removeprefix("Error: ")
    assert first.startswith((headings[0].get_text(strip=True), *_NAMELESS)), title


def check_ids(soup: BeautifulSoup) -> None:
    """No id twice, and every fragment leads somewhere."""
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), sorted(name for name in ids if ids.count(name) > 1)
    for link in soup.select("main a[href^='#']"):
        assert str(link["href"])[1:] in ids, link


def check_inputs(soup: BeautifulSoup) -> None:
    """Every field has a label, and does not go into the browser's address."""
    for field in soup.select("input:not([type=hidden]), select, textarea"):
        assert soup.select_one(f"label[for='{field.get('id')}']"), field


# The one form whose fields may stand in an address: it asks for a day and kinds of service, of nobody in particular.
_FILTER = {"day", "month", "year", "show", "education", "health", "social_care", "justice", "voluntary"}


def check_forms(soup: BeautifulSoup) -> None:
    """Every form is sent by POST, with its token; but for the filter and the directory, which name nobody."""
    for form in soup.find_all("form"):
        if "asking" in form.get("class", []):
            assert {field["name"] for field in form.select("[name]")} <= _FILTER, form
            continue
        if form.get("action") == "/directory":
            assert {field["name"] for field in form.select("[name]")} <= {"postcode", "kind", "name"}, form
            continue
        assert form.get("method") == "post", form
        assert form.select_one("input[name=csrf_token][value]"), form


def check_markup(soup: BeautifulSoup) -> None:
    """No bare paragraph or link, no straight quotes, and no value that is missing."""
    for tag in soup.select("main p, main a"):
        assert tag.get("class") or _is_in_component(tag), tag
    main = soup.find("main")
    assert main is not None
    text = main.get_text(" ", strip=True)
    assert not re.search(r"\bNone\b(?! recorded)", text), text
    assert "'" not in text
    assert not soup.select("[style], style, [onclick]")


def check_nonce(response: TestResponse, soup: BeautifulSoup) -> None:
    """Every script carries the nonce of this answer."""
    found = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
    assert found is not None
    assert all(script.get("nonce") == found[1] for script in soup.find_all("script"))


def _is_in_component(tag: Tag) -> bool:
    return tag.find_parent(class_=re.compile(r"govuk-details__text|govuk-error-summary|empty-sector")) is not None
