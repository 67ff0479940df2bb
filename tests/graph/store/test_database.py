"""The connection to the real graph: what is refused, what is said plainly, and what a lost commit comes to."""

import os
import random
import secrets
import subprocess
import sys
from collections.abc import Iterator
from types import NoneType
from typing import Any
from urllib.parse import urlsplit

import pytest

from graph.model.errors import Conflict, ProgrammeError, Unreachable, Unresolved
from graph.services.audit import SHOW_OPERATION
from graph.settings import Connection
from graph.store import Database, Transaction
from graph.store import database as module
from tests.builders import count, values
from tests.conftest import Statement, free_port
from tests.graph.store.proxy import Cut, Proxy, proxy_to


def statement(text: str, row: type = NoneType) -> Any:
    """A statement in the shape of a Query."""
    return Statement(text, row)


AT_ONCE = [Cut.BEFORE_THE_SERVER_HEARS, Cut.BEFORE_THE_CLIENT_HEARS]
# The uniqueness of `op_id` is what makes it safe to do an operation again.
RECORD = statement("CREATE (event:AuditEvent {key: $op_id, op_id: $op_id}) RETURN event.key AS key", str)


@pytest.fixture
def proxy(graph_connection: Connection) -> Iterator[Proxy]:
    """A line to the graph that can be cut."""
    at = urlsplit(graph_connection.uri)
    with proxy_to(at.hostname or "localhost", at.port or 7687) as made:
        yield made


@pytest.fixture
def shaky(db: Database, proxy: Proxy, graph_connection: Connection) -> Iterator[Database]:
    """The graph of `db` over that line."""
    with Database(f"bolt://127.0.0.1:{proxy.port}", graph_connection.user, graph_connection.password) as made:
        yield made


def record(op_id: str) -> Any:
    """The work of an operation: it gives back what it recorded."""

    def work(tx: Transaction) -> str:
        (key,) = tx.write(RECORD, op_id=op_id)
        return str(key)

    return work


def test_read_refuses_a_statement_that_writes(db: Database) -> None:
    writing = statement("CREATE (:Feed {feed: 'x'})")

    with pytest.raises(Exception, match=r"AccessMode"):
        db.read(writing)
    with pytest.raises(Exception, match=r"AccessMode"):
        db.read_one(writing)
    with pytest.raises(Exception, match=r"AccessMode"):
        list(db.stream(writing))

    assert count(db, "Feed") == 0


def test_one_row_is_one_row(db: Database) -> None:
    assert db.read_one(statement("UNWIND [] AS n RETURN n", int)) is None
    assert db.read_one(statement("RETURN 7 AS n", int)) == 7
    with pytest.raises(ProgrammeError, match=r"test returned 2 rows where one was expected"):
        db.read_one(statement("UNWIND [1, 2] AS n RETURN n", int))


def test_a_stream_gives_plain_tuples_in_order(db: Database) -> None:
    rows = db.stream(statement("UNWIND range(1, $last) AS n RETURN n, n * n AS square"), last=30_000)

    assert next(rows) == (1, 1)
    assert sum(1 for _ in rows) == 29_999


def test_work_that_fails_leaves_nothing(db: Database) -> None:
    def work(tx: Transaction) -> None:
        tx.write(RECORD, op_id="half")
        raise ProgrammeError("no")

    with pytest.raises(ProgrammeError, match=r"no"):
        db.transact(work)

    assert count(db, "AuditEvent") == 0


def test_what_takes_too_long_is_given_up(db: Database, graph_connection: Connection) -> None:
    endless = statement("UNWIND range(1, 100000000) AS n WITH n WHERE n % 7 = 8 RETURN count(n) AS n", int)

    with (
        Database(graph_connection.uri, graph_connection.user, graph_connection.password, timeout=0.5) as hasty,
        pytest.raises(Unreachable, match="took too long"),
    ):
        hasty.read(endless)


# Each row is longer than the one before and takes its time: an interruption finds the driver in mid-message.
INTERRUPTED = """
import os, signal
from graph.store import Database
from tests.conftest import Statement

rows = Statement(
    "UNWIND range(1, 600) AS n WITH n, reduce(total = 0, x IN range(1, 100000) | total + x) AS slow "
    "RETURN range(1, n * 40) AS said, slow",
    dict,
)
signal.signal(signal.SIGALRM, signal.default_int_handler)
with Database(os.environ["URI"], os.environ["USER"], os.environ["PASSWORD"]) as db:
    for twentieths in range(2, 7):
        for call in (lambda: list(db.stream(rows)), lambda: db.write(rows)):
            signal.setitimer(signal.ITIMER_REAL, twentieths / 20)
            try:
                call()
            except KeyboardInterrupt:
                print("interrupted")
    print(len(db.read(rows)))
"""


def test_an_interruption_stays_one_whatever_the_driver_makes_of_it(db: Database, graph_connection: Connection) -> None:
    at = {"URI": graph_connection.uri, "USER": graph_connection.user, "PASSWORD": graph_connection.password}
    words = [sys.executable, "-c", INTERRUPTED]
    done = subprocess.run(words, env=os.environ | at, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["interrupted"] * 10 + ["600"]


def test_a_dead_port_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module._DRIVER, "max_transaction_retry_time", 0.5)
    with Database(f"bolt://127.0.0.1:{free_port()}", "neo4j", "unused") as nowhere:
        for ask in (
            nowhere.verify,
            lambda: nowhere.read(statement("RETURN 1 AS n", int)),
            lambda: nowhere.write(statement("CREATE (:Feed)")),
            lambda: list(nowhere.stream(statement("RETURN 1 AS n", int))),
        ):
            with pytest.raises(
                Unreachable, match=r"The graph cannot be reached. Start the embedded one with: python -m graph up"
            ):
                ask()


def test_a_wrong_password_is_said_plainly(graph_connection: Connection) -> None:
    with (
        Database(graph_connection.uri, graph_connection.user, secrets.token_hex(16)) as wrong,
        pytest.raises(Unreachable, match=r"refused the user or password. Check NEO4J_USER and NEO4J_PASSWORD_FILE"),
    ):
        wrong.verify()


def test_what_is_there_already_is_a_conflict(db: Database) -> None:
    db.write(RECORD, op_id="once")

    with pytest.raises(Conflict, match=r"The graph already holds something with this key"):
        db.write(RECORD, op_id="once")


def test_a_conflict_is_not_taken_for_an_operation_that_came_through(db: Database) -> None:
    db.write(statement("CREATE (:AuditEvent {key: 'taken', op_id: 'another'})"))

    def work(tx: Transaction) -> None:
        tx.write(statement("CREATE (:AuditEvent {key: 'taken', op_id: $op_id})"), op_id="mine")

    with pytest.raises(Conflict):
        db.transact(work, op_id="mine", resolve=SHOW_OPERATION)


@pytest.mark.parametrize(
    "cut",
    [
        *AT_ONCE,
        Cut.LONG_BEFORE_THE_SERVER_HEARS,
    ],
)
def test_a_lost_commit_comes_to_exactly_one_effect(db: Database, shaky: Database, proxy: Proxy, cut: Cut) -> None:
    op_id = secrets.token_hex(8)
    proxy.cuts = [cut]

    assert shaky.transact(record(op_id), op_id=op_id, resolve=SHOW_OPERATION) == op_id

    assert proxy.made == 1
    assert values(db, "MATCH (event:AuditEvent) RETURN event.op_id") == [(op_id,)]


def test_many_lost_commits_come_to_one_effect_each(db: Database, shaky: Database, proxy: Proxy) -> None:
    chance = random.Random(20261121)
    op_ids = [f"op {number}" for number in range(30)]
    for op_id in op_ids:
        proxy.cuts = chance.choices(AT_ONCE, k=chance.randrange(2))
        assert shaky.transact(record(op_id), op_id=op_id, resolve=SHOW_OPERATION) == op_id

    assert proxy.made > 5
    assert sorted(values(db, "MATCH (event:AuditEvent) RETURN event.op_id")) == [(op_id,) for op_id in sorted(op_ids)]


@pytest.mark.parametrize("cut", AT_ONCE)
def test_a_lost_commit_that_nobody_can_ask_for_is_unresolved(
    db: Database, shaky: Database, proxy: Proxy, cut: Cut
) -> None:
    proxy.cuts = [cut]

    with pytest.raises(Unresolved, match=r"Nothing was shown. Try again in a minute"):
        shaky.transact(record("unasked"))

    assert count(db, "AuditEvent") <= 1


@pytest.mark.parametrize("cut", AT_ONCE)
def test_a_lost_commit_is_unresolved_when_the_graph_stays_away(
    db: Database, proxy: Proxy, cut: Cut, graph_connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(module._DRIVER, "max_transaction_retry_time", 0.5)
    proxy.cuts, proxy.dead_after_a_cut = [cut], True

    with (
        Database(f"bolt://127.0.0.1:{proxy.port}", graph_connection.user, graph_connection.password) as shaky,
        pytest.raises(Unresolved, match=r"Nothing was shown. Try again in a minute"),
    ):
        shaky.transact(record("alone"), op_id="alone", resolve=SHOW_OPERATION)


def test_a_commit_that_is_lost_every_time_is_unresolved(db: Database, shaky: Database, proxy: Proxy) -> None:
    # Each attempt is two commits: the operation's own, and that of the question whether it came through.
    def lose(tx: Transaction) -> str:
        proxy.cuts = [Cut.BEFORE_THE_SERVER_HEARS]
        return str(record("lost")(tx))

    with pytest.raises(Unresolved, match=r"did not say whether the change was made"):
        shaky.transact(lose, op_id="lost", resolve=SHOW_OPERATION)

    assert count(db, "AuditEvent") == 0


def test_explain_runs_nothing(db: Database) -> None:
    columns, kind, notes = db.explain("CREATE (feed:Feed {feed: $feed}) RETURN feed.feed AS feed")

    assert (columns, kind) == (["feed"], "rw")
    assert "01N60" in {code for code, _ in notes}
    assert count(db, "Feed") == 0
