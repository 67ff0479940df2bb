"""No request is too strange for an answer, and every answer carries the same headers."""

import io
import json
import logging
import re
from contextlib import nullcontext
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException

from tests.webapp.conftest import token_of
from tests.webapp.pages import HEADERS, read_page
from webapp.guard import check_input, is_loopback, log_to_standard_error

# What is asked for here needs no graph; test_about.py looks at the page that may do without.
OPEN = ("/sign-in", "/cookies", "/help")


@pytest.mark.parametrize("address", OPEN)
def test_every_public_page_is_a_good_page(bare_site: Flask, address):
    answer = bare_site.test_client().get(address)

    read_page(answer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/nowhere", "/children/short", "/static/dist/none.css", "/static/dist/..%2fx"])
def test_what_is_not_there_is_a_page_too(bare_site: Flask, address):
    answer = bare_site.test_client().get(address)

    read_page(answer)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/", "/find-a-child", f"/children/{'0' * 32}", f"/children/{'0' * 32}/reason"])
def test_visitors_are_sent_to_sign_in(bare_site: Flask, address):
    answer = bare_site.test_client().get(address)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in")


def test_files_may_be_kept_and_nothing_else(bare_site: Flask):
    client = bare_site.test_client()
    sheet = str(read_page(client.get("/help")).select("link[rel=stylesheet]")[0]["href"])

    with client.get(sheet) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"].startswith("text/css")
        assert b"GDS Transport" not in answer.data


def test_plain_http_is_answered_on_this_machine_only(bare_site: Flask):
    client = bare_site.test_client()

    assert client.get("/sign-in", base_url="http://signpost.example").status_code == 403
    assert client.get("/sign-in", base_url="https://signpost.example").status_code == 200
    assert client.get("/sign-in", base_url="http://127.0.0.1:8000").status_code == 200
    assert "Strict-Transport-Security" not in client.get("/sign-in", base_url="http://127.0.0.1:8000").headers
    assert client.get("/sign-in", base_url="http://[::1]:8000").status_code == 200


@pytest.mark.parametrize(
    ("base", "client"),
    [
        ("http://signpost.example", "127.0.0.1"),
        ("http://localhost:8000", "10.0.0.7"),
        ("http://localhost:8000", ""),
        ("http://localhost:8000", None),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_plain_http_from_elsewhere_gets_neither_form_nor_cookie(bare_site: Flask, base, client, method):
    answer = bare_site.test_client().open(
        "/sign-in", method=method, base_url=base, environ_base={"REMOTE_ADDR": client}
    )

    page = read_page(answer)
    assert answer.status_code == 403
    assert "begins with https" in page.get_text()
    assert not page.select("form")
    assert "Set-Cookie" not in answer.headers


def test_who_says_that_it_came_over_https_is_not_believed(bare_site: Flask):
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", "Forwarded": "proto=https"}

    answer = bare_site.test_client().get("/sign-in", base_url="http://signpost.example", headers=headers)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:8000", True),
        ("localhost", True),
        ("127.0.0.1", True),
        ("[::1]:8000", True),
        ("[::1]", True),
        ("::1", True),
        ("::2", False),
        ("[::2]:8000", False),
        ("", False),
        ("127.0.0.1.example", False),
        ("localhost.example", False),
        ("localhost:http", False),
        ("10.0.0.1:80", False),
    ],
)
def test_this_machine_is_told_from_others(host, expected):
    assert is_loopback(host) is expected


def test_the_cookie_over_https_has_every_flag(bare_site: Flask):
    answer = bare_site.test_client().get("/sign-in", base_url="https://signpost.example")

    name, *flags = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-sid=")
    assert set(flags) == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_form_without_its_token_is_refused(bare_site: Flask):
    client = bare_site.test_client()

    answer = client.post("/sign-in", data={"username": "dawn"})

    assert answer.status_code == 400
    assert "no longer valid" in read_page(answer).get_text()


def test_a_token_of_another_visitor_is_refused(bare_site: Flask):
    stolen = token_of(bare_site.test_client())
    client = bare_site.test_client()
    token_of(client)

    assert client.post("/sign-in", data={"username": "dawn", "csrf_token": stolen}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}],
)
def test_a_form_from_another_site_is_refused(bare_site: Flask, headers):
    client = bare_site.test_client()

    answer = client.post("/sign-in", data={"csrf_token": token_of(client)}, headers=headers)

    assert answer.status_code == 400
    assert "another site" in read_page(answer).get_text()


def test_a_link_from_another_site_is_followed(bare_site: Flask):
    answer = bare_site.test_client().get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"username=a&username=b", 400),
        (b"username=%00", 400),
        (b"username=%ED%A0%80", 400),
        (b"username=%ff", 400),
        (b"username=" + b"a" * 5_000, 400),
        (b"username=" + b"a" * 70_000, 413),
        (b"&".join(b"field%d=1" % number for number in range(200)), 400),
        (b"%=%&&&==", 400),
    ],
)
def test_strange_forms_are_refused_with_a_page(bare_site: Flask, body, code):
    answer = bare_site.test_client().post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")

    read_page(answer)
    assert answer.status_code == code


def test_a_style_sheet_asks_the_graph_nothing(bare_site: Flask):
    client = bare_site.test_client()
    sheet = str(read_page(client.get("/help")).select("link[rel=stylesheet]")[0]["href"])
    with client.session_transaction() as session:
        session["token"] = "a token"

    with client.get(sheet) as answer:
        assert answer.status_code == 200


_PACK = {"path": f"/children/{'0' * 32}/everything-held", "method": "POST"}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"path": "/" + "x" * 599}, 200),
        ({"path": "/" + "x" * 600}, 400),
        ({"path": "/a\x07"}, 400),
        ({"path": "/a%ff"}, 400),
        ({"query_string": "a=" + "x" * 600}, 200),
        ({"query_string": "a=" + "x" * 601}, 400),
        ({"query_string": "a" * 64 + "=x"}, 200),
        ({"query_string": "a" * 65 + "=x"}, 400),
        ({"query_string": "a%07=x"}, 400),
        ({"query_string": "a=%EF%BF%BD"}, 400),
        ({"query_string": "a=1&a=2"}, 400),
        ({"query_string": "&".join(f"a{number}=1" for number in range(40))}, 200),
        ({"query_string": "&".join(f"a{number}=1" for number in range(41))}, 400),
        ({"method": "POST", "data": {"credential": "x" * 6_000}}, 200),
        ({"method": "POST", "data": {"credential": "x" * 6_001}}, 400),
        ({"method": "POST", "data": {f"a{number}": "1" for number in range(41)}}, 400),
        (_PACK | {"data": {f"a{number}": "1" for number in range(2_000)}}, 200),
        (_PACK | {"data": {f"a{number}": "1" for number in range(2_001)}}, 400),
        ({"method": "POST"}, 200),
        ({"method": "POST", "content_type": "text/plain"}, 415),
        ({"content_type": "text/plain"}, 200),
        ({"data": {"a": (io.BytesIO(b"x"), "a.txt")}}, 400),
    ],
)
def test_what_is_sent_is_measured_whatever_its_token(bare_site: Flask, sent, code):
    """A form without a token is refused too, a moment later: a whole request would not tell which of them it was."""
    refusing = nullcontext() if code == 200 else pytest.raises(HTTPException, match=str(code))

    with bare_site.test_request_context(**({"path": "/sign-in"} | sent)), refusing:
        check_input()


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_only_forms_are_taken(bare_site: Flask, kind):
    answer = bare_site.test_client().post("/sign-in", data=b"[" * 1000, content_type=kind)

    read_page(answer)
    assert answer.status_code == 415


@pytest.mark.parametrize("query", ["a=1&a=2", "a=%00", "x" * 700 + "=1"])
def test_strange_queries_are_refused_with_a_page(bare_site: Flask, query):
    assert bare_site.test_client().get(f"/help?{query}").status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(bare_site: Flask, method):
    assert bare_site.test_client().open("/sign-in", method=method).status_code in {400, 405, 415}


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["GET", "POST"]))
def test_nothing_that_is_sent_ends_in_a_failure(bare_site: Flask, path, value, method):
    # As a server hands it on: a path that begins with two slashes is no host here.
    sent = "/" + path.encode("utf-8", "surrogatepass").decode("latin-1")
    body = "username=" + quote(value.encode("utf-8", "surrogatepass"))

    answer = bare_site.test_client().open(
        method=method,
        data=body,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"PATH_INFO": sent},
    )

    assert answer.status_code < 500
    assert all(answer.headers.get(name) == wanted for name, wanted in HEADERS.items())


@pytest.mark.parametrize("cookie", ["sid=", "sid=x", "sid=gAAAAA", "sid=" + "a" * 4000, "__Host-sid=x; sid=\x7f"])
def test_a_made_up_cookie_is_no_session(bare_site: Flask, cookie):
    answer = bare_site.test_client(use_cookies=False).get("/", headers={"Cookie": cookie})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in")


def test_the_log_goes_to_standard_error_a_line_a_request(bare_site: Flask, capsys, monkeypatch):
    log = logging.getLogger("signpost.access")
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(log, "level", logging.NOTSET)
    log_to_standard_error()

    bare_site.test_client().get("/sign-in")

    assert [json.loads(line)["status"] for line in capsys.readouterr().err.splitlines()] == [200]


def test_the_log_has_no_method_that_somebody_made_up(bare_site: Flask, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "signpost.access"):
        bare_site.test_client().open("/sign-in", method="COSTA")

    assert json.loads(caplog.records[-1].getMessage())["method"] == "-"


def test_the_log_has_the_route_and_nothing_that_was_typed(bare_site: Flask, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "signpost.access"):
        bare_site.test_client().get(f"/children/{'ab' * 16}?name=costa")

    entry = json.loads(caplog.records[-1].getMessage())
    assert entry["route"] == "/children/<handle:handle>"
    assert entry["status"] == 302
    assert re.fullmatch(r"[0-9a-f]{16}", entry["request"]), "What a user reads out to the support desk finds no line."
    assert entry["method"] == "GET"
    assert "abab" not in caplog.text
    assert "costa" not in caplog.text
