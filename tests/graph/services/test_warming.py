"""Warming plans what pages ask, and leaves no trace."""

import neo4j
import pytest

from graph.services.warming import warm
from graph.store import Database, Query, database
from tests.builders import count, given_child, given_run


def test_it_asks_what_pages_ask_and_writes_nothing_down(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    given_run(db)
    given_child(db)
    asked: list[str] = []
    rows_of = database.rows_of

    def noting(query: Query[object], result: neo4j.Result) -> list[object]:
        asked.append(query.name)
        return rows_of(query, result)

    monkeypatch.setattr(database, "rows_of", noting)

    warm(db)

    assert {"access/show_session", "children/find_children", "children/show_circle"} <= set(asked)
    assert (count(db, "AuditEvent"), count(db, "Session"), count(db, "User")) == (0, 0, 0)
