"""Whatever is sent to any route is answered with a page that says what to do, and never with a failure.

Plain requests from the table of routes, with hypothesis for what nobody thought of, and not schemathesis: that needs a
schema, which for forms with a token and addresses of one session would be the list of examples again (decision 0014).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from graph.services.handles import handle_of
from tests.webapp.examples import EXAMPLES, NOT_PAGES
from tests.webapp.pages import check_headers, read_page
from tests.webapp.test_every_page import address_of, ask, sent
from tests.webapp.town import Example, Town, Visit, Who

_TOMORROW = date.today() + timedelta(days=1)
_QUICK = {
    "nothing": "",
    "spaces": "   ",
    "a search of everything": "*:*",
    "signs of a search": 'a* OR b~2 AND (c "d [e TO f} \\ / ^4 +-&&||!',
    "another direction": "\u202etsoc ana\u202c",
    "markup": "<script>alert(1)</script>'\"",
}
_VALUES = _QUICK | {
    "a day that does not exist": "2026-02-31",
    "a day to come": str(_TOMORROW),
    "a number out of range": "99999",
    "less than nothing": "-1",
    "figures of another script": "٣٤",
    "half a number": "½",
    "not a number": "1e3",
    "a sign that is not seen": "a\u200bn\ufeffa",
    "signs above and below": "a" + "\u0301" * 60,
    "a smile": "😀",
    "a statement": "' OR 1=1 RETURN n //",
    "as long as may be": "a" * 600,
    "a made-up choice": "no-such-choice",
}
# Not text: these bytes are sent as they are.
_BYTES = {
    "a lone surrogate": b"%ED%A0%80",
    "a lone surrogate as browsers send it": b"%EF%BF%BD",
    "a null": b"a%00b",
    "half a letter": b"%C3",
    "100 kB": b"a" * 100_000,
    "a line and a tab": b"a%0D%0Ab%09",
}
_NEVER_TAKEN = ("a lone surrogate as browsers send it", "a null", "100 kB", "a line and a tab")
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")
_FORM = "application/x-www-form-urlencoded"
# Words of which one says what to do next.
_REMEDY = re.compile(
    r"\b(Add|Ask|Check|Choose|Enter|Give|Go|Narrow|Open|Reload|Search|Select|Sign in|Start|Tell|Try|Type|Use|Wait)\b"
)
_PEOPLE = ("Costa", "Marlow", "Maria", "Ruth")

# A page that was found good is good again: the same but for the token of its forms and its nonce.
_READ: set[tuple[int, str]] = set()
_TOKEN = re.compile(r'(?<=name="csrf_token")[^>]*')

# One example of each route will do, and the first has the fullest form.
ASKED = list({(example.rule, example.method): example for example in reversed(EXAMPLES)}.values())[::-1]
POSTED = [example for example in ASKED if example.method == "POST"]
ADDRESSED = [example for example in ASKED if "<" in example.rule]
QUERIED = [example for example in EXAMPLES if example.query]


def visit_of(town: Town, example: Example) -> Visit:
    """A visitor who is answered, with everything done that comes before."""
    visit = town.visit(example.by[0], anew=example.spoils)
    for before in example.before:
        if before not in visit.done:
            ask(visit, before)
            visit.done.append(before)
    return visit


def check(answer: TestResponse, what: str) -> None:
    """It is a page, or leads to one; one that refuses says what to do."""
    assert answer.status_code < 500, f"{what}: {answer.status_code}"
    if answer.status_code in (302, 303):
        return
    assert answer.mimetype == "text/html", f"{what}: {answer.status_code} {answer.mimetype}"
    text = _TOKEN.sub("", answer.get_data(as_text=True)).replace(_nonce_of(answer), "")
    if (answer.status_code, text) in _READ:
        check_headers(answer)
        return
    try:
        soup = read_page(answer)
    except AssertionError as error:
        raise AssertionError(f"{what}: {error}") from error
    assert "<script>alert" not in answer.get_data(as_text=True), what
    wrong = soup.select(".govuk-error-summary li, .govuk-error-message")
    if answer.status_code >= 400 and not wrong:
        wrong = soup.select("main p")
        assert _REMEDY.search(" ".join(tag.get_text(" ") for tag in wrong)), f"{what}: {answer.status_code} {wrong}"
    _READ.add((answer.status_code, text))


def _nonce_of(answer: TestResponse) -> str:
    found = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert found is not None
    return found[1]


@pytest.mark.parametrize("example", POSTED, ids=str)
def test_every_field_with_every_wrong_value(town: Town, example: Example):
    visit = visit_of(town, example)
    form = sent(visit, example)
    assert form is not None

    for field in form:
        for what, value in (_QUICK if example.slow else _VALUES).items():
            if field == "csrf_token" and not example.slow and what != "nothing":
                continue
            check(_post(visit, example, form | {field: value}), f"{example}, {field}: {what}")
        for what, content in _BYTES.items():
            body = b"&".join(
                [*(_pair(name, form[name]) for name in form if name != field), field.encode() + b"=" + content]
            )
            answer = visit.client.post(address_of(visit, example), data=body, content_type=_FORM)
            check(answer, f"{example}, {field}: {what}")
            # Bytes that are no letter reach us as the signs that were sent, %C3, which are text; these are not.
            if what in _NEVER_TAKEN:
                assert answer.status_code in (400, 413), f"{example}, {field}: {what} was taken"


@pytest.mark.parametrize("example", POSTED, ids=str)
def test_every_form_short_of_a_field_or_with_one_twice(town: Town, example: Example):
    visit = visit_of(town, example)
    form = sent(visit, example)
    assert form is not None

    for field in form:
        check(_post(visit, example, {name: form[name] for name in form if name != field}), f"{example} without {field}")
        check(_post(visit, example, form | {f"{field}[]": "a", f"{field}[0]": "b"}), f"{example}, {field} as a list")
        twice = _post(visit, example, [*form.items(), (field, "another")])
        check(twice, f"{example}, {field} twice")
        assert twice.status_code == 400, f"{example}: {field} was taken twice"


@pytest.mark.parametrize("example", POSTED, ids=str)
def test_every_form_with_a_token_that_is_missing_or_not_its_own(town: Town, example: Example):
    visit = visit_of(town, example)
    form = sent(visit, example)
    assert form is not None
    other = town.visit(Who.NOBODY, anew=True)

    for what, token in (("none", None), ("another's", other.csrf), ("made up", "x" * 91), ("stale", "Ijk.aB.c")):
        kept = {name: value for name, value in form.items() if name != "csrf_token"}
        answer = _post(visit, example, kept if token is None else kept | {"csrf_token": token})
        check(answer, f"{example}, token: {what}")
        assert answer.status_code == 400, f"{example} took a form whose token was {what}"


@pytest.mark.parametrize("example", [one for one in POSTED if not one.slow], ids=str)
def test_the_same_form_from_two_tabs(town: Town, example: Example):
    visit = visit_of(town, example)
    form = sent(visit, example)
    assert form is not None

    check(_post(visit, example, form), f"{example}, first tab")
    check(_post(visit, example, form), f"{example}, second tab")


@pytest.mark.parametrize("example", ADDRESSED, ids=str)
def test_every_address_with_what_is_not_ours(town: Town, example: Example):
    visit = visit_of(town, example)
    right = address_of(visit, example)
    for name, value in example.values(visit).items():
        for what, wrong in _wrong_names(town, name, value).items():
            assert value in right
            answer = visit.client.open(right.replace(value, wrong), method=example.method, data=sent(visit, example))
            check(answer, f"{example}, {name}: {what}")
            _check_nobody(answer, f"{example}, {name}: {what}")
            if answer.status_code == 302 and example.rule.startswith("/children/"):
                _check_nobody(visit.client.get(answer.headers["Location"]), f"{example}, {name}: {what}, then on")


@pytest.mark.parametrize("example", QUERIED, ids=str)
def test_every_query_with_every_wrong_value(town: Town, example: Example):
    visit = visit_of(town, example)
    address = address_of(visit, example).partition("?")[0]
    for field in example.query:
        for what, value in _VALUES.items():
            query = {**example.query, field: value}
            check(
                visit.client.open(f"{address}?{urlencode(query)}", method=example.method), f"{example}, {field}: {what}"
            )
        for what, content in _BYTES.items():
            shorter = content[:700].decode("ascii")
            check(
                visit.client.open(f"{address}?{field}={shorter}", method=example.method), f"{example}, {field}: {what}"
            )
        check(visit.client.open(f"{address}?{field}=1&{field}=2", method=example.method), f"{example}, {field} twice")
        check(visit.client.open(f"{address}?{field}[]=1", method=example.method), f"{example}, {field} as a list")


@pytest.mark.parametrize("rule", sorted({example.rule for example in ASKED}))
def test_every_address_by_every_method(town: Town, rule: str):
    of_rule = [example for example in ASKED if example.rule == rule]
    visit = visit_of(town, of_rule[0])
    address = address_of(visit, of_rule[0])
    for method in _METHODS:
        if method in {example.method for example in of_rule}:
            continue
        for kind in (_FORM, "application/json", "text/plain"):
            answer = visit.client.open(address, method=method, data=b"", content_type=kind)
            check(answer, f"{method} {rule}")
            assert answer.status_code in (400, 404, 405, 415), f"{method} {rule} answers {answer.status_code}"


def test_every_route_refuses_whom_it_is_not_for(town: Town):
    """Everybody who is in no example of a route is sent to sign in, or told that it is not for them."""
    for rule, method in sorted({(example.rule, example.method) for example in EXAMPLES}):
        of_route = [example for example in EXAMPLES if (example.rule, example.method) == (rule, method)]
        for who in set(Who) - {who for example in of_route for who in example.by}:
            visit = town.visit(who)
            address = address_of(visit, of_route[0])
            answer = visit.client.open(address, method=method, data=sent(visit, of_route[0]))
            if (answer.headers.get("Location") or "").endswith("/reason"):
                for before in of_route[0].before:
                    visit.client.open(address_of(visit, before), method=before.method, data=sent(visit, before))
                answer = visit.client.open(address, method=method, data=sent(visit, of_route[0]))
            check(answer, f"{method} {rule} as {who}")
            _check_nobody(answer, f"{method} {rule} as {who}")
            refused = answer.status_code in (403, 404) or answer.headers.get("Location") in ("/sign-in", "/")
            assert refused, f"{method} {rule} answers {who}: {answer.status_code}"


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_sent(town: Town, data: st.DataObject):
    example = data.draw(st.sampled_from([one for one in ASKED if not one.slow and not one.spoils]), "example")
    visit = visit_of(town, example)
    # Every text that may stand in a form, and some that may not.
    text = st.text(st.characters(), max_size=80)
    if example.method == "POST":
        form = dict(sent(visit, example) or {})
        field = data.draw(st.sampled_from([*form, "unknown"]), "field")
        encoded = {name: value.encode() for name, value in form.items()}
        encoded[field] = data.draw(text, "value").encode("utf-8", "surrogatepass")
        body = urlencode(encoded)
        answer = visit.client.post(address_of(visit, example), data=body, content_type=_FORM)
    else:
        address = address_of(visit, example).partition("?")[0]
        field = data.draw(st.sampled_from([*example.query, "unknown"]), "field")
        value = quote(data.draw(text, "value").encode("utf-8", "surrogatepass"))
        answer = visit.client.get(f"{address}?{field}={value}")

    check(answer, f"{example}, {field}")


def test_what_is_not_a_page_is_no_failure_either(bare_site: Flask):
    client = bare_site.test_client()
    for address in NOT_PAGES:
        for method in _METHODS:
            answer = client.open(address.replace("<name>", "..%2f..%2fetc%2fpasswd"), method=method)
            assert answer.status_code < 500, f"{method} {address}"


def _post(visit: Visit, example: Example, form: Mapping[str, str] | list[tuple[str, str]]) -> TestResponse:
    return visit.client.post(address_of(visit, example), data=urlencode(form), content_type=_FORM)


def _pair(name: str, value: str) -> bytes:
    return urlencode({name: value}).encode()


def _wrong_names(town: Town, name: str, value: str) -> dict[str, str]:
    """What may stand in the place of a name in an address: made up, spoiled, or another session's."""
    others = dict(_unknown(value))
    if name == "handle":
        others["a handle of another session"] = handle_of("another session", town.children["ana"])
    return others


def _unknown(value: str) -> Iterator[tuple[str, str]]:
    yield "made up", "".join("0" if letter.isalnum() else letter for letter in value)
    yield "one letter changed", ("b" if value[0] == "a" else "a") + value[1:]
    yield "too short", value[:4]
    yield "too long", "a" * 300
    yield "not text", "%ED%A0%80"
    yield "a null", "%00"
    yield "a way up", "..%2f.."
    yield "another direction", "%E2%80%AE" + value


def _check_nobody(answer: TestResponse, what: str) -> None:
    text = answer.get_data(as_text=True)
    assert not any(name in text for name in _PEOPLE), f"{what} names somebody"
