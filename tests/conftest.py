"""The real graph for every test that asks for it: one server for the session, emptied before each test."""

import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import NoneType
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher

from graph import server
from graph.services import access
from graph.settings import MIB, Connection, Settings
from graph.store import Database
from graph.store.migrations import apply, migrate, read_migrations
from graph.store.query import CYPHER

# A busy machine is slow, not wrong.
hypothesis.settings.register_profile("signpost", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("signpost")

_BATCH = 5_000
# Neo4j plans a query anew when its graph has changed much, as a test’s graph does all the time: the same server, asked
# the same, spent a sixth of its time on that.
_WRITTEN, _JVM = server.configuration, server._JVM
_PLANNED_ONCE = "dbms.cypher.min_replan_interval=10h\ndbms.cypher.statistics_divergence_threshold=1.0\n"
# What runs for minutes and on two cores beside another is better off with one thread that collects garbage, and with
# less made into machine code: a sixth of the processor time again. What runs for seconds does with the quick compiler
# alone, a quarter less again; for a server of all the tests it is slower.
_SERIAL, QUICK = "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"
_OF_MINUTES = (
    *(_SERIAL, "-XX:Tier4InvocationThreshold=15000", "-XX:Tier4MinInvocationThreshold=3000"),
    *("-XX:Tier4CompileThreshold=30000", "-XX:Tier4BackEdgeThreshold=80000"),
)
_NAMES = ("SIGNPOST_HOME", "SIGNPOST_KEYS", "SIGNPOST_SECRET_KEY_FILE", "SIGNPOST_BOLT_PORT", "SIGNPOST_DEMO")
_NEO4J_NAMES = ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD", "NEO4J_PASSWORD_FILE")


@dataclass(frozen=True)
class Statement:
    """A statement that lies in no file because only tests need it, in the shape of a Query."""

    text: str
    row: type = NoneType
    name: str = "test"


@contextmanager
def servers_of_minutes(flags: tuple[str, ...] = _OF_MINUTES) -> Iterator[None]:
    """While the block runs, servers that are started are set for a short life; they are the product's in all else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "configuration", lambda settings: _WRITTEN(settings) + _PLANNED_ONCE)
        patch.setattr(server, "_JVM", (*flags, *(flag for flag in _JVM if flag != "-XX:+UseG1GC")))
        yield


def servers_of_seconds() -> AbstractContextManager[None]:
    """The same for servers of a few tests."""
    return servers_of_minutes((_SERIAL, QUICK))


@pytest.fixture(scope="session", autouse=True)
def light_hashing() -> Iterator[None]:
    """The tests' own accounts have light hashes, and nobody waits: real ones take 150 ms each and 400, on purpose."""
    light = PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access, "_HASHER", light)
        patch.setattr(access, "DUMMY_HASH", light.hash("nobody has this"))
        patch.setattr(access, "FLOOR_SECONDS", 0.0)
        yield


@pytest.fixture(scope="session")
def graph_connection(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Where the graph of this session answers: NEO4J_URI if it is set, which is never stopped, else one of our own."""
    given = Settings.from_environment()
    if given.external is not None:
        if hasattr(request.config, "workerinput"):
            pytest.exit("NEO4J_URI is one graph for all. Run: make test SIDE_BY_SIDE=", returncode=1)
        yield given.external
        return
    home = tmp_path_factory.mktemp("graph")
    own = Settings(home=home, cache=given.cache, bolt_port=free_port(), heap=512 * MIB, page_cache=128 * MIB)
    try:
        with servers_of_minutes():
            server.up(own)
    except Exception as error:
        pytest.exit(f"No graph to test on. Set NEO4J_URI, or mend this: {error}", returncode=1)
    try:
        yield server.connection(own)
    finally:
        server.down(own)


@pytest.fixture(scope="session")
def migrated_graph(graph_connection: Connection) -> Iterator[Database]:
    """The session's one connection, to a graph with every migration; it leaves the graph empty."""
    with Database(graph_connection.uri, graph_connection.user, graph_connection.password) as db:
        _refuse_a_graph_in_use(db, graph_connection)
        migrate(db)
        yield db
        empty(db)


@pytest.fixture
def db(migrated_graph: Database) -> Database:
    """The real graph with nothing in it but what the migrations put there."""
    empty(migrated_graph)
    return migrated_graph


@pytest.fixture
def settings(db: Database, graph_connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a home of this test's own and the graph of `db`; what reads the environment finds the same."""
    password = tmp_path / "neo4j-password"
    password.write_text(graph_connection.password + "\n", encoding="utf-8")
    for name in (*_NAMES, *_NEO4J_NAMES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NEO4J_URI", graph_connection.uri)
    monkeypatch.setenv("NEO4J_USER", graph_connection.user)
    monkeypatch.setenv("NEO4J_PASSWORD_FILE", str(password))
    made = Settings.from_environment()
    made.home.mkdir(mode=0o700)
    return made


@pytest.fixture
def demo_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of the demonstration, with its banner and its sign-in codes."""
    monkeypatch.setenv("SIGNPOST_DEMO", "1")
    return replace(settings, demo=True)


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def empty(db: Database) -> None:
    """Takes everything out of the graph but the migrations, and puts back what the third of them makes."""
    statement: Any = Statement(
        f"MATCH (node) WHERE NOT node:Migration WITH node LIMIT {_BATCH} DETACH DELETE node RETURN 1 AS one", int
    )
    while len(db.write(statement)) == _BATCH:
        pass
    for migration in read_migrations(CYPHER / "migrations"):
        if migration.id.startswith("0003_"):
            apply(db, migration)


def _refuse_a_graph_in_use(db: Database, at: Connection) -> None:
    ours = 'MATCH (node) WHERE NOT node:Migration AND NOT node:Publication AND coalesce(node.gss_code, "") <> "unknown"'
    statement: Any = Statement(f"{ours} RETURN 1 AS one LIMIT 1", int)
    if db.read(statement):
        pytest.exit(
            f"The graph at {at.uri} is not empty, and tests delete everything. Empty it, or set NEO4J_URI to another.",
            returncode=1,
        )


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks every test that needs the graph, before `-m` chooses: `make check` leaves it out."""
    if {"migrated_graph", "graph_connection", "served"} & set(getattr(item, "fixturenames", ())):
        item.add_marker("graph")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts slow modules first: one that begins last would be waited for alone. The order within stays random."""
    slow = {item.path: _patience(item) for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: -slow.get(item.path, 0))


def _patience(item: pytest.Item) -> int:
    """For how many seconds a slow test is waited for."""
    timeout = item.get_closest_marker("timeout")
    return int(timeout.args[0]) if timeout is not None else 1
