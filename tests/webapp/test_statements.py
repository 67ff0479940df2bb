"""Nothing that is typed becomes a statement, a search of everything or a way out (security.md 6, tests 12 and 13).

Every statement that reaches the driver while each text of each route holds something hostile is one of the files below
`cypher/`, letter for letter; `make campaign` tries all 500 payloads in each, `make test` some in turn.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import neo4j
import pytest
from werkzeug.test import TestResponse

from graph.store.query import CYPHER
from tests.builders import values
from tests.sizes import size, tell
from tests.webapp.test_bad_input import POSTED, QUERIED, visit_of
from tests.webapp.test_every_page import address_of, sent
from tests.webapp.town import Example, Town, Who

# Wherever it is found, it was typed here.
_MARK = "zq9"
_ENDS = ("'", '"', "`", "')", '"})', "`)", "\\'", "\\u0027", "*/", "\n")
_ACTS = (
    "OR 1=1",
    "RETURN 1 AS {m} UNION MATCH (n) RETURN n",
    "CREATE (:{m})",
    "SET n.{m} = 1",
    "DETACH DELETE n",
    "CALL db.labels() YIELD label RETURN label",
    "LOAD CSV FROM 'file:///etc/passwd' AS {m} RETURN {m}",
    "CALL {{ MATCH (n) DETACH DELETE n }} IN TRANSACTIONS",
    "CREATE INDEX {m} FOR (n:Child) ON (n.{m})",
    "CREATE USER {m} SET PASSWORD 'password'",
)
_TAILS = (" //", " /*", ";", " WITH 1 AS n", "")
PAYLOADS = [f"{_MARK}{end} {act.format(m=_MARK)}{tail}" for end, act, tail in itertools.product(_ENDS, _ACTS, _TAILS)]

_HOSTS = ("evil.example", "evil.example%2f..", "localhost@evil.example", "evil.example#localhost", "evil.example\\")
_SCHEMES = (*("//", "///", "////", "\\\\", "/\\", "\\/", "https://", "HTTPS://", "https:", "http:///", "/%2f", "/\t/"),)
ELSEWHERE = [scheme + host for scheme, host in itertools.product(_SCHEMES, _HOSTS)]
# In turns, so that a small run has some of either.
HOSTILE = [text for pair in zip(PAYLOADS, itertools.cycle(ELSEWHERE), strict=False) for text in pair]

WILD = (
    "*",
    "*:*",
    "?*",
    "an*",
    "a?a",
    "an~",
    "anq~2 cosxx~2",
    "[a TO z]",
    "{* TO *}",
    "/.*/",
    "ana OR bo",
    "+c* -x",
    "^4",
)


@pytest.fixture
def statements(town: Town, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every statement that the driver is given while the site answers, in a transaction or without one."""
    given: set[str] = set()
    answering: list[bool] = []
    answer = town.site.wsgi_app

    def noted_answer(environ: Any, start_response: Any) -> Any:
        answering.append(True)
        try:
            return answer(environ, start_response)
        finally:
            answering.pop()

    monkeypatch.setattr(town.site, "wsgi_app", noted_answer)
    for kind in (neo4j.ManagedTransaction, neo4j.Session):
        run = kind.run

        def noted(self: Any, query: Any, *words: Any, run: Any = run, **more: Any) -> Any:
            if answering:
                given.add(getattr(query, "text", query))
            return run(self, query, *words, **more)

        monkeypatch.setattr(kind, "run", noted)
    return given


def answers(town: Town, tries: int) -> Iterator[tuple[str, str, TestResponse]]:
    """Each text of each form and query with some of what is hostile, the next of it in the next text."""
    at = itertools.count()
    for example in [*POSTED, *QUERIED]:
        form = dict(sent(visit_of(town, example), example) or {}) if example.method == "POST" else dict(example.query)
        for field in [name for name in form if name != "csrf_token"]:
            for _ in range(min(tries, 2) if example.slow else tries):
                text = HOSTILE[next(at) % len(HOSTILE)]
                yield f"{example}, {field}", text, asked(town, example, form | {field: text})


def asked(town: Town, example: Example, said: dict[str, str]) -> TestResponse:
    visit = visit_of(town, example)
    address = address_of(visit, example)
    if example.method == "POST":
        kind = "application/x-www-form-urlencoded"
        return visit.client.post(address, data=urlencode({**said, "csrf_token": visit.csrf}), content_type=kind)
    return visit.client.get(f"{address.partition('?')[0]}?{urlencode(said)}")


def everything(town: Town) -> list[list[Any]]:
    """What there is in the graph that no text of a form may add to or take from. Visitors come and go meanwhile."""
    return [
        sorted(str(row[0]) for row in values(town.db, text))
        for text in (
            f"CALL db.labels() YIELD label WHERE label CONTAINS '{_MARK}' RETURN label",
            f"CALL db.propertyKeys() YIELD propertyKey WHERE propertyKey CONTAINS '{_MARK}' RETURN propertyKey",
            "SHOW INDEXES YIELD name RETURN name",
            "SHOW USERS YIELD user",
            "MATCH (n) WHERE n:Person OR n:Shield OR n:Record RETURN elementId(n)",
        )
    ]


@pytest.mark.slow
@pytest.mark.timeout(size(600, 36_000))
def test_what_is_typed_is_neither_a_statement_nor_a_way_out(town: Town, statements: set[str]) -> None:
    assert (len(set(PAYLOADS)), len(set(ELSEWHERE))) == (500, 60)
    before, typed = everything(town), set()

    for where, text, answer in answers(town, size(1, len(HOSTILE))):
        typed.add(text)
        assert answer.status_code < 500, f"{where}: {text!r}"
        leads_to = answer.headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", leads_to), f"{where}: {text!r} leads to {leads_to}"
        assert "evil.example" not in leads_to

    tell(f"{len(typed)} texts, {len(statements)} statements")
    assert len(statements) > 50
    assert statements - {path.read_text(encoding="utf-8") for path in CYPHER.rglob("*.cypher")} == set()
    assert everything(town) == before
    # What was kept of it was kept as it was typed, but for blanks and capitals.
    kept = "MATCH (n) UNWIND keys(n) AS name WITH n[name] AS it WHERE it IS :: STRING AND it CONTAINS $mark RETURN it"
    assert {_plain(it) for (it,) in values(town.db, kept, mark=_MARK)} <= {_plain(text) for text in typed}


@pytest.mark.parametrize("name", WILD)
def test_a_search_with_wild_cards_finds_nobody(town: Town, name: str) -> None:
    visit = town.visit(Who.TEACHER)
    form = {"name": name, "day": "4", "month": "6", "year": "2017", "csrf_token": visit.csrf}

    answer = visit.client.post("/find-a-child", data=form)

    assert answer.status_code in (200, 400), name
    assert not re.search("Costa|Marlow|Field", answer.get_data(as_text=True))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
