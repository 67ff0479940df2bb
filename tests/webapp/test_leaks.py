"""After a walk through every page nothing of a child and no secret is in addresses, headers, logs or other files."""

import logging
import re
import tempfile
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from graph.services import access
from tests.builders import given_record, given_user, values
from tests.webapp import rounds
from tests.webapp.conftest import token_of
from tests.webapp.rounds import Cost, asked, go_round
from tests.webapp.town import Town, Who

_NHS_NUMBER, _UPN = "9990000018", "B801200005001"
_ADDRESS = re.compile(rb"""(?:href|action|src|formaction)=["']([^"']*)["']""")
_LOGS = ("server.directories.logs", "server.directories.neo4j_home")


class _Noted:
    """Where everything goes that is no page: addresses and headers, of what was asked and of what was answered."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.addresses: list[str] = []
        self.headers: list[str] = []
        self.answers = 0

    def note(self, answer: TestResponse) -> TestResponse:
        """Keeps what a proxy, a history or a log could keep of an answer."""
        self.answers += 1
        self.addresses.append(answer.request.path + "?" + answer.request.query_string.decode())
        self.addresses += [found.decode() for found in _ADDRESS.findall(answer.get_data())]
        self.headers += [f"{name}: {value}" for name, value in answer.headers.items()]
        return answer


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> _Noted:
    made, ask = _Noted(), rounds._ask
    monkeypatch.setattr(rounds, "_ask", lambda visit, example: made.note(ask(visit, example)))
    return made


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_of_a_child_and_no_secret_is_left_behind(
    town: Town, noted: _Noted, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    given_record(town.db, child_id=town.children["ana"], key="n", run=1, nhs_number=_NHS_NUMBER, upn=_UPN)
    sizes = _sizes_of_logs(town)
    secrets = []
    with caplog.at_level(logging.INFO):
        user = given_user(town.db, username="leaks.scan")
        client, code = town.site.test_client(), user.code()
        form = {"username": user.username, "password": user.password, "code": code}
        csrf = token_of(client)
        assert noted.note(client.post("/sign-in", data=form | {"csrf_token": csrf})).status_code == 302
        with client.session_transaction() as kept:
            secrets += [str(kept["token"]), csrf, user.password]
        for who in (Who.WORKER, Who.MANAGER):
            visit = town.visit(who)
            go_round(visit, asked(), Cost())
            assert visit.token is not None
            secrets += [visit.token, access.hash_token(visit.token), visit.csrf]

    words = [*_of_children(town), *secrets]
    assert noted.answers > 100
    for place, said in (
        ("an address", noted.addresses),
        ("a header", noted.headers),
        ("our log", [caplog.text]),
        ("the graph’s log", [_new_in_logs(sizes)]),
        (
            "a temporary file",
            [path.read_bytes().decode("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()],
        ),
    ):
        found = {word for word in words for text in said if word.casefold() in text.casefold()}
        assert found == set(), f"{place} holds {sorted(found)}"


def test_what_is_looked_for_is_there_to_be_found(town: Town) -> None:
    """The pages do hold the words: a scan that found nothing anywhere would find nothing in a log."""
    visit = town.visit(Who.WORKER)
    text = "".join(answer.body.decode("utf-8", "replace") for answer in go_round(visit, asked(), Cost()).answers)

    assert {word for word in _of_children(town) if word in text} >= {"Costa", "Marlow", "Larch Road", "NS1 2AB"}


def _of_children(town: Town) -> list[str]:
    """Names, numbers and whereabouts of the children of the town."""
    return ["Costa", "Marlow", "Larch Road", "NS1 2AB", "07700 900142", _NHS_NUMBER, _UPN, *town.children.values()]


def _sizes_of_logs(town: Town) -> dict[Path, int]:
    """The graph's own logs, if it runs on this machine, and how long each is now."""
    text = "SHOW SETTINGS YIELD name, value WHERE name IN $names RETURN value ORDER BY name"
    found = [Path(str(row[0])) for row in values(town.db, text, names=list(_LOGS))]
    folder = next((each for each in found if each.is_absolute() and each.name == "logs"), found[-1] / "logs")
    sizes = {path: path.stat().st_size for path in folder.glob("*.log")} if folder.is_dir() else {}
    assert sizes or not folder.parent.is_dir(), f"No log is in {folder}."
    return sizes


def _new_in_logs(sizes: dict[Path, int]) -> str:
    return "".join(path.read_bytes()[size:].decode("utf-8", "replace") for path, size in sizes.items())
