"""The connection to the graph: managed transactions, time-outs, retries and the rule of the unknown commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar

import neo4j
from neo4j import exceptions

from graph.model.errors import Conflict, ProgrammeError, Unreachable, Unresolved
from graph.store.query import Query, Row, hydrate

Result = TypeVar("Result")

# The rows that the server sends at once: the longest list of a page.
_FETCHED = 5_000
# security.md 4.3: fail before a web worker is killed for being slow.
_DRIVER: dict[str, Any] = {
    "connection_acquisition_timeout": 3.0,
    "max_transaction_retry_time": 8.0,
    "connection_timeout": 5.0,
    "max_connection_lifetime": 600,
    "liveness_check_timeout": 30,
    "telemetry_disabled": True,
    "notifications_min_severity": "OFF",
    "fetch_size": _FETCHED,
}
_ATTEMPTS_AT_AN_UNKNOWN_COMMIT = 3
# The server ends what takes longer than a page may; an index over millions of records takes longer.
_SECONDS_OF_A_MIGRATION = 3600.0


class Transaction:
    """What a function given to `Database.transact` may do. It may run twice, so it has no effect outside the graph."""

    def __init__(self, managed: neo4j.ManagedTransaction) -> None:
        """Wraps the driver's transaction."""
        self._managed = managed

    def read(self, query: Query[Row], **parameters: Any) -> list[Row]:
        """The rows of a query, all of them."""
        return rows_of(query, self._managed.run(query.text, parameters))

    def read_one(self, query: Query[Row], **parameters: Any) -> Row | None:
        """The one row of a query, or None; two rows are a mistake in this code."""
        return _one(query, self.read(query, **parameters))

    def write(self, query: Query[Row], **parameters: Any) -> list[Row]:
        """The rows of a writing query, which may be none."""
        return self.read(query, **parameters)


class Database:
    """One driver for one process: make it after a fork, close it at the end."""

    def __init__(self, uri: str, user: str, password: str, *, name: str = "neo4j", timeout: float = 60.0) -> None:
        """Opens the driver; nothing is sent until the first query. `timeout` bounds each transaction, in seconds."""
        self._driver = neo4j.GraphDatabase.driver(uri, auth=(user, password), **_DRIVER)
        self._name = name
        self._timeout = timeout

    def __enter__(self) -> Self:
        """This database."""
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Closes the driver."""
        self.close()

    def close(self) -> None:
        """Gives every connection back."""
        self._driver.close()

    def verify(self) -> None:
        """Nothing, if the graph answers to these credentials; otherwise Unreachable says what to do."""
        with _said_plainly():
            self._driver.verify_connectivity()

    def read(self, query: Query[Row], **parameters: Any) -> list[Row]:
        """The rows of a reading query. It is sent together with the beginning of its transaction: one wait less."""
        with _said_plainly(), _interrupted_plainly():
            return self._driver.execute_query(
                neo4j.Query(query.text, timeout=self._timeout),
                parameters,
                routing_=neo4j.RoutingControl.READ,
                database_=self._name,
                # One server sees at once what is committed on it.
                bookmark_manager_=None,
                result_transformer_=lambda result: rows_of(query, result),
            )

    def read_one(self, query: Query[Row], **parameters: Any) -> Row | None:
        """The one row of a reading query, or None."""
        return _one(query, self.read(query, **parameters))

    def stream(self, query: Query[Row], *, timeout: float = 3600.0, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a long reading query as plain tuples, one by one, never all in memory. It is not tried again."""
        with _said_plainly(), self._session(neo4j.READ_ACCESS, fetch_size=20_000) as session:
            # In a transaction of its own, which begins and ends with it: one wait, not three.
            for record in session.run(neo4j.Query(query.text, timeout=timeout), parameters):
                yield tuple(record.values())

    def write(self, query: Query[Row], **parameters: Any) -> list[Row]:
        """The rows of a writing query, in a transaction of its own. The statement must be safe to repeat."""
        return self.transact(lambda tx: tx.write(query, **parameters))

    def transact(
        self, work: Callable[[Transaction], Result], *, op_id: str | None = None, resolve: Query[Any] | None = None
    ) -> Result:
        """What `work` gives back, after its transaction has committed.

        If the outcome of the commit is unknown, `resolve` (a query that takes `$op_id` and returns a row if the
        operation is in the graph) decides: there, the result stands; not there, `work` runs again with the same
        op_id, whose uniqueness makes a late original harmless (security.md 4.4). Without `resolve`, or when it
        cannot be asked, Unresolved is raised and nothing may be shown.
        """
        lost: list[Result] = []
        for _ in range(_ATTEMPTS_AT_AN_UNKNOWN_COMMIT):
            kept: list[Result] = []
            try:
                with self._session(neo4j.WRITE_ACCESS) as session:
                    return session.execute_write(self._timed(lambda tx: _keep(kept, work(tx))))  # noqa: B023
            except exceptions.IncompleteCommit as error:
                if self._took_effect(op_id, resolve, error):
                    return kept[-1]
                lost.append(kept[-1])
            except exceptions.ConstraintError as error:
                # A late original of this very operation may have come through after all.
                if lost and resolve is not None and self.read(resolve, op_id=op_id):
                    return lost[-1]
                raise _plain(error) from error
            except (exceptions.Neo4jError, exceptions.DriverError) as error:
                raise _plain(error) from error
        raise Unresolved("The graph did not say whether the change was made. Nothing was shown. Try again in a minute.")

    def _took_effect(self, op_id: str | None, resolve: Query[Any] | None, error: Exception) -> bool:
        unknown = "The connection to the graph was lost while it was saving. Nothing was shown. Try again in a minute."
        if op_id is None or resolve is None:
            raise Unresolved(unknown) from error
        try:
            return bool(self.transact(lambda tx: tx.read(resolve, op_id=op_id)))
        except Unreachable as lost:
            raise Unresolved(unknown) from lost

    def explain(self, text: str) -> tuple[list[str], str, list[tuple[str, str]]]:
        """The columns of a statement, its kind (r, rw, w, s) and its (code, description) notes; nothing is run."""
        with self._driver.session(database=self._name, notifications_min_severity="INFORMATION") as session:
            result = session.run("EXPLAIN " + text)
            columns = list(result.keys())
            summary = result.consume()
            found = [(status.gql_status, status.status_description) for status in summary.gql_status_objects]
            return columns, str(summary.query_type), found

    def run_statement(self, text: str) -> None:
        """Runs one statement of a migration by itself: schema and data cannot share a transaction."""
        with _said_plainly(), self._session(neo4j.WRITE_ACCESS) as session:
            session.run(neo4j.Query(text, timeout=_SECONDS_OF_A_MIGRATION)).consume()

    @contextmanager
    def _session(self, access: str, fetch_size: int = _FETCHED) -> Iterator[neo4j.Session]:
        with (
            _interrupted_plainly(),
            self._driver.session(database=self._name, default_access_mode=access, fetch_size=fetch_size) as session,
        ):
            yield session

    def _timed(self, work: Callable[[Transaction], Result]) -> Callable[[neo4j.ManagedTransaction], Result]:
        return neo4j.unit_of_work(timeout=self._timeout)(lambda managed: work(Transaction(managed)))


def _keep(kept: list[Result], result: Result) -> Result:
    kept.append(result)
    return result


def rows_of(query: Query[Row], result: neo4j.Result) -> list[Row]:
    """What a query gives back, in a transaction of one statement or of several: all but `stream` goes through here."""
    return [hydrate(query.row, dict(zip(record.keys(), record.values(), strict=True))) for record in result]


def _one(query: Query[Row], rows: list[Row]) -> Row | None:
    if len(rows) > 1:
        raise ProgrammeError(f"{query.name} returned {len(rows)} rows where one was expected.")
    return rows[0] if rows else None


@contextmanager
def _interrupted_plainly() -> Iterator[None]:
    """Ctrl-C may leave the driver with half a message, and it then stumbles over that in ways of its own."""
    try:
        yield
    except Exception as error:
        if _came_of_an_interruption(error):
            raise KeyboardInterrupt from error
        raise


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except (exceptions.Neo4jError, exceptions.DriverError) as error:
        raise _plain(error) from error


def _plain(error: Exception) -> Exception:
    """The driver's error as one of ours, or as it is where it shows a mistake in this code."""
    if isinstance(error, exceptions.AuthError):
        return Unreachable("The graph refused the user or password. Check NEO4J_USER and NEO4J_PASSWORD_FILE.")
    if isinstance(error, exceptions.ConstraintError):
        # Without the driver's words: they quote the value, which may be somebody's name or number.
        return Conflict("The graph already holds something with this key. Nothing was changed.")
    if isinstance(error, exceptions.Neo4jError) and "TransactionTimedOut" in (error.code or ""):
        return Unreachable("The graph took too long to answer. Try again in a minute.")
    if isinstance(error, exceptions.ServiceUnavailable | exceptions.SessionExpired | exceptions.ConfigurationError):
        return Unreachable(
            "The graph cannot be reached. Start the embedded one with: python -m graph up; or check NEO4J_URI. "
            f"({_first_line(error)})"
        )
    if isinstance(error, exceptions.TransientError | exceptions.DatabaseUnavailable):
        return Unreachable(f"The graph is too busy or is starting. Try again in a minute. ({_first_line(error)})")
    return error


def _came_of_an_interruption(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:300]
