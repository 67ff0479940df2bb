"""A database that keeps how long each query took, so that a load's time can be told apart from the graph's."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from graph.settings import Connection
from graph.store import Database, Query, Transaction
from graph.store.query import Row

Result = TypeVar("Result")
COMMITTING = "(transactions: begin, commit)"


@dataclass
class Asked:
    """One query's calls, the rows given to it, and its seconds as the client waits them."""

    calls: int = 0
    rows: int = 0
    seconds: float = 0.0


class TimedDatabase(Database):
    """A database that notes its queries by name in `asked`."""

    def __init__(self, at: Connection) -> None:
        """Opens the driver."""
        super().__init__(at.uri, at.user, at.password)
        self.asked: dict[str, Asked] = {}

    def take_asked(self) -> dict[str, Asked]:
        """What was asked since this was last called."""
        taken, self.asked = self.asked, {}
        return taken

    def stream(self, query: Query[Row], *, timeout: float = 3600.0, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        """As the database's own; only the wait for rows counts."""
        rows = super().stream(query, timeout=timeout, **parameters)
        given = max((len(value) for value in parameters.values() if isinstance(value, list)), default=0)
        spent = 0.0
        while True:
            begun = time.perf_counter()
            row = next(rows, None)
            spent += time.perf_counter() - begun
            if row is None:
                break
            yield row
        _note(self.asked, query.name, given, spent)

    def read(self, query: Query[Row], **parameters: Any) -> list[Row]:
        """As the database's own."""
        begun = time.perf_counter()
        found = super().read(query, **parameters)
        _note(self.asked, query.name, 0, time.perf_counter() - begun)
        return found

    def read_one(self, query: Query[Row], **parameters: Any) -> Row | None:
        """As the database's own."""
        begun = time.perf_counter()
        found = super().read_one(query, **parameters)
        _note(self.asked, query.name, 0, time.perf_counter() - begun)
        return found

    def transact(
        self, work: Callable[[Transaction], Result], *, op_id: str | None = None, resolve: Query[Any] | None = None
    ) -> Result:
        """As the database's own; what is not spent inside a query is begin and commit."""
        inside = [0.0]

        def noting(tx: Transaction) -> Result:
            begun = time.perf_counter()
            try:
                return work(_TimedTransaction(tx, self.asked))
            finally:
                inside[0] += time.perf_counter() - begun

        begun = time.perf_counter()
        result = super().transact(noting, op_id=op_id, resolve=resolve)
        _note(self.asked, COMMITTING, 0, time.perf_counter() - begun - inside[0])
        return result


class _TimedTransaction(Transaction):
    def __init__(self, tx: Transaction, asked: dict[str, Asked]) -> None:
        super().__init__(tx._managed)
        self._asked = asked

    def read(self, query: Query[Row], **parameters: Any) -> list[Row]:
        begun = time.perf_counter()
        found = super().read(query, **parameters)
        given = parameters.get("rows")
        _note(self._asked, query.name, len(given) if isinstance(given, list) else 0, time.perf_counter() - begun)
        return found


def _note(asked: dict[str, Asked], name: str, rows: int, seconds: float) -> None:
    one = asked.setdefault(name, Asked())
    one.calls += 1
    one.rows += rows
    one.seconds += seconds
