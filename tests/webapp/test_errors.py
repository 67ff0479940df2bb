"""What a person sees when something does not work."""

import pytest
from flask import Flask

from graph.model.errors import Conflict, NotFound, Refused, Unreachable, Unreadable, Unrecorded, Unresolved
from graph.store import Database
from tests.webapp.pages import read_page
from webapp import access
from webapp.database import keep_database


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (NotFound("There is no such child."), 404, True),
        (Refused("Your role may not."), 403, True),
        (Conflict("Somebody was first."), 409, True),
        (Unreachable("bolt://10.0.0.1 does not answer"), 503, False),
        (Unresolved("operation 17"), 503, False),
        (Unrecorded("Audit event 3:17 was not written"), 503, False),
        (Unreadable("the key of the box"), 500, False),
        (ZeroDivisionError("in line 12"), 500, False),
    ],
)
def test_every_error_is_a_page_and_what_is_inside_stays_inside(
    bare_site: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, told: bool
):
    def fail() -> str:
        raise error

    monkeypatch.setitem(bare_site.view_functions, "about.show_help", access.public(fail))

    answer = bare_site.test_client().get("/help")

    page = read_page(answer)
    assert answer.status_code == code
    assert (str(error) in page.get_text()) is told


def test_a_graph_that_is_away_is_said_so_and_public_pages_stay(bare_site: Flask, monkeypatch: pytest.MonkeyPatch):
    def away() -> Database:
        raise Unreachable("It does not answer.")

    monkeypatch.setitem(bare_site.extensions, "signpost", bare_site.extensions["signpost"])
    keep_database(bare_site, away)
    client = bare_site.test_client()
    with client.session_transaction() as session:
        session["token"] = "of a session"

    assert client.get("/find-a-child").status_code == 503
    assert client.get("/about").status_code == 200
