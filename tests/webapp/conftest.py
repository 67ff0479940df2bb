"""The real site for tests: with the real graph where a page needs it, and without for what does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from graph.settings import Connection, Settings
from graph.store import Database
from tests.builders import GivenUser
from tests.chromium import FLAGS, find_chromium
from tests.conftest import empty
from tests.webapp.pages import read_page
from webapp import create_app
from webapp.assets import build
from webapp.database import keep_database

if TYPE_CHECKING:
    from tests.webapp.town import Town


@pytest.fixture(scope="session", autouse=True)
def assets() -> None:
    """The style sheet and scripts, built if they are not up to date."""
    build()


def _no_graph() -> Database:
    raise AssertionError("This test asked for the graph. Use the fixture `site` in place of `bare_site`.")


@pytest.fixture(scope="session")
def bare_site(assets: None, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site with no graph behind it."""
    return create_app(Settings(home=tmp_path_factory.mktemp("home")), _no_graph)


@pytest.fixture
def site(db: Database, bare_site: Flask) -> Iterator[Flask]:
    """The site on the real graph of this test. It is one site for all: its templates are compiled once."""
    bare = bare_site.extensions["signpost"]
    keep_database(bare_site, lambda: db)
    yield bare_site
    bare_site.extensions["signpost"] = bare


@pytest.fixture
def sign_in() -> Callable[[FlaskClient, GivenUser], None]:
    """Signs a user in through the form, as a browser does."""

    def through_the_form(client: FlaskClient, user: GivenUser) -> None:
        form = {"username": user.username, "password": user.password, "code": user.code()}
        answer = client.post("/sign-in", data=form | {"csrf_token": token_of(client)})
        assert answer.status_code == 302, answer.text

    return through_the_form


def token_of(client: FlaskClient, address: str = "/sign-in") -> str:
    """The token of the first form of a page."""
    found = read_page(client.get(address)).select_one("main input[name=csrf_token]")
    assert found is not None
    return str(found["value"])


class _Quiet(WSGIRequestHandler):
    """Writes no log between the dots of the tests."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def served(site: Flask) -> Iterator[str]:
    """Where a browser finds the site for a while."""
    server = make_server("127.0.0.1", 0, site, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def town(
    migrated_graph: Database, graph_connection: Connection, bare_site: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """A town for all tests of a module, which must not ask for `db` besides: that empties the graph."""
    empty(migrated_graph)
    home = tmp_path_factory.mktemp("town")
    (home / "password").write_text(graph_connection.password + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        # What the console starts reads these: never a graph that tests did not start.
        patch.setenv("SIGNPOST_HOME", str(home))
        patch.setenv("NEO4J_URI", graph_connection.uri)
        patch.setenv("NEO4J_USER", graph_connection.user)
        patch.setenv("NEO4J_PASSWORD_FILE", str(home / "password"))
        yield from _town(migrated_graph, bare_site)


def _town(migrated_graph: Database, bare_site: Flask) -> Iterator[Town]:
    from tests.webapp.town import Town, given_town

    children = given_town(migrated_graph)
    bare = bare_site.extensions["signpost"]
    keep_database(bare_site, lambda: migrated_graph)
    with served(bare_site) as address:
        yield Town(migrated_graph, bare_site, address, children)
    bare_site.extensions["signpost"] = bare


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield opened
        opened.close()
