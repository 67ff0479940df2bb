"""Warming plans what pages ask, and leaves no trace."""

import pytest

from graph.services.warming import warm
from graph.store import Database, Query, Transaction
from tests.builders import count, given_child, given_run


def test_it_asks_what_pages_ask_and_writes_nothing_down(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    given_run(db)
    given_child(db)
    asked: list[str] = []
    read = Transaction.read

    def noting(self: Transaction, query: Query[object], **parameters: object) -> list[object]:
        asked.append(query.name)
        return read(self, query, **parameters)

    monkeypatch.setattr(Transaction, "read", noting)

    warm(db)

    assert {"access/show_session", "children/find_children", "children/show_circle"} <= set(asked)
    assert (count(db, "AuditEvent"), count(db, "Session"), count(db, "User")) == (0, 0, 0)
