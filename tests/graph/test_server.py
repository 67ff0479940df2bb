"""The real server, on a port and in a folder of its own."""

import hashlib
import json
import os
import shutil
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import neo4j
import psutil
import pytest
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner
from ruamel.yaml import YAML

from graph import __main__ as command
from graph import jars, server
from graph.jars import Jar, JarError
from graph.server import ImportFiles, Running, ServerError
from graph.settings import MIB, Connection, Settings
from tests.conftest import QUICK

Told = list[str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_for(home: Path) -> Settings:
    """The least that Neo4j runs with; the jars are the shared ones."""
    cache = Settings.from_environment().cache
    return Settings(home=home, cache=cache, bolt_port=free_port(), heap=512 * MIB, page_cache=64 * MIB)


def children(settings: Settings) -> list[str]:
    """The names in the graph, asked for with the password that the server was given."""
    found = server.connection(settings)
    with neo4j.GraphDatabase.driver(found.uri, auth=(found.user, found.password)) as driver:
        records = driver.execute_query("MATCH (child:Person:Child) RETURN child.name AS name ORDER BY name").records
        return [record["name"] for record in records]


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    """Servers of seconds are better off with the quick compiler alone; they are the product's in all else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "_JVM", (QUICK, *server._JVM))
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "children.csv").write_text("key:ID,name,notes:string[]\n1,Bo,a;b\n2,Ada,\n", encoding="utf-8")
    (folder / "siblings.csv").write_text(":START_ID,:END_ID\n1,2\n", encoding="utf-8")
    (folder / "strangers.csv").write_text(":START_ID,:END_ID\n1,3\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, files: Path) -> Iterator[Settings]:
    """A server with two imported children, shared by all tests of this module."""
    settings = settings_for(tmp_path_factory.mktemp("served") / "a home")
    report = server.import_database(
        settings,
        nodes=[ImportFiles((files / "children.csv",), "Person:Child")],
        relationships=[ImportFiles((files / "siblings.csv",), "SIBLING_OF")],
    )
    assert (report.nodes, report.relationships, report.refused) == (2, 1, ())
    server.up(settings)
    yield settings
    server.down(settings)


def test_what_was_imported_is_served(served: Settings) -> None:
    assert children(served) == ["Ada", "Bo"]


def test_a_second_up_says_that_it_runs_already(served: Settings) -> None:
    told: Told = []
    found = server.running(served)

    assert server.up(served, told.append) == found
    assert found is not None
    assert told == [
        f"Neo4j 5.26.30 runs already on bolt://127.0.0.1:{served.bolt_port} (process {found.pid}).",
    ]


def test_the_password_is_long_and_for_its_owner_only(served: Settings) -> None:
    path = served.home / "neo4j-password"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text(encoding="utf-8").strip()) == 48
    assert stat.S_IMODE(served.home.stat().st_mode) == 0o700


def test_the_password_is_in_no_log_and_no_list_of_processes(served: Settings) -> None:
    password = (served.home / "neo4j-password").read_text(encoding="utf-8").strip()
    found = server.running(served)
    assert found is not None

    logs = list((served.home / "neo4j" / "logs").iterdir())

    assert [log.name for log in logs if password in log.name or password.encode() in log.read_bytes()] == []
    assert password not in " ".join(psutil.Process(found.pid).cmdline())
    assert not (served.home / "neo4j" / "run" / "admin-arguments").exists()


def test_it_listens_on_the_loopback_address_only(served: Settings) -> None:
    found = server.running(served)
    assert found is not None

    process = psutil.Process(found.pid)
    listening = {tuple(c.laddr) for c in process.net_connections() if c.status == psutil.CONN_LISTEN}

    assert listening == {("127.0.0.1", served.bolt_port)}


def test_java_has_a_session_of_its_own(served: Settings) -> None:
    found = server.running(served)
    assert found is not None

    assert os.getsid(found.pid) == found.pid


def test_status_is_told_to_people_and_to_programs(
    served: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGNPOST_HOME", str(served.home))
    monkeypatch.delenv("NEO4J_URI", raising=False)

    assert command.main(["status"]) == 0
    assert f"Neo4j 5.26.30 runs on bolt://127.0.0.1:{served.bolt_port}" in capsys.readouterr().out
    assert command.main(["status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["running"], told["port"], told["version"]) == (True, served.bolt_port, "5.26.30")
    assert told["data_bytes"] > 0


def test_a_running_server_is_not_imported_into(served: Settings, files: Path) -> None:
    with pytest.raises(ServerError, match="Stop it first with `python -m graph down`"):
        server.import_database(served, nodes=[ImportFiles((files / "children.csv",), "Person")])


def test_one_command_at_a_time_works_in_a_folder(served: Settings) -> None:
    with (
        jars.locked(served.home / "lock", busy=ServerError("never")),
        pytest.raises(ServerError, match="Another command is at work"),
    ):
        server.down(served)


@pytest.mark.slow
def test_a_stopped_store_checks_clean_and_its_backup_restores(served: Settings, tmp_path: Path) -> None:
    copy = settings_for(tmp_path / "copy")
    try:
        server.down(served)
        assert server.running(served) is None
        server.admin(served, "database", "check", "neo4j")
        server.admin(served, "database", "check", "system")
        server.backup(served, tmp_path / "backup")
    finally:
        server.up(served)

    server.restore(copy, tmp_path / "backup")

    server.admin(copy, "database", "check", "neo4j")
    assert server.connection(copy).password == server.connection(served).password
    with pytest.raises(ServerError, match="Add --replace"):
        server.restore(copy, tmp_path / "backup")


@pytest.mark.graph
def test_a_relationship_to_nobody_stops_the_import(tmp_path: Path, files: Path) -> None:
    settings = settings_for(tmp_path / "home")

    with pytest.raises(ServerError, match="neo4j-admin database import failed"):
        server.import_database(
            settings,
            nodes=[ImportFiles((files / "children.csv",), "Person:Child")],
            relationships=[ImportFiles((files / "strangers.csv",), "SIBLING_OF")],
        )


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", settings.bolt_port))
        other.listen()

        with pytest.raises(ServerError, match=f"Port {settings.bolt_port} is used by another program.*SIGNPOST_BOLT"):
            server.up(settings)


def test_too_little_memory_is_said_before_the_start(tmp_path: Path) -> None:
    settings = replace(settings_for(tmp_path), heap=2**50)

    with pytest.raises(ServerError, match=r"of memory and .* is free.*SIGNPOST_HEAP"):
        server.up(settings)


def test_a_folder_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text("5.25.1\n", encoding="utf-8")

    with pytest.raises(ServerError, match=r"was made by Neo4j 5\.25\.1, and this Signpost runs 5\.26\.30"):
        server.up(settings_for(tmp_path))


def test_a_lost_password_is_said_before_the_start(tmp_path: Path) -> None:
    (tmp_path / "neo4j" / "data" / "databases" / "system").mkdir(parents=True)

    with pytest.raises(ServerError, match=r"neo4j-password does not exist.*put it back"):
        server.up(settings_for(tmp_path))


def test_a_jar_that_was_changed_is_refused_by_name(tmp_path: Path) -> None:
    settings = replace(settings_for(tmp_path / "home"), cache=tmp_path / "cache")
    everything = jars.read_list()
    shared = Settings.from_environment().cache
    jars.ensure(shared)
    for jar in everything:
        place = settings.cache / "jars" / jar.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(shared / "jars" / jar.path)
    wrong = settings.cache / "jars" / everything[7].path
    wrong.unlink()
    wrong.write_bytes(b"not a jar")

    with pytest.raises(JarError, match=f"{everything[7].name} is not the file.*Delete {wrong} and run"):
        server.up(settings)


def test_without_a_network_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name_mirror(tmp_path, monkeypatch, f"http://127.0.0.1:{free_port()}")
    settings = replace(settings_for(tmp_path / "home"), cache=tmp_path / "cache")

    with pytest.raises(JarError, match=r"could not be fetched.*connect this machine to the internet"):
        server.up(settings)


def test_jars_are_fetched_once_and_a_wrong_one_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = Jar("org.example", "good", "1", "", hashlib.sha256(b"good").hexdigest(), 4)
    bad = Jar("org.example", "bad", "1", "", hashlib.sha256(b"bad").hexdigest(), 3)
    for jar in (good, bad):
        place = tmp_path / "mirror" / jar.path
        place.parent.mkdir(parents=True)
        place.write_bytes(b"good")
    arrived: list[int] = []

    with mirror(tmp_path / "mirror") as address:
        name_mirror(tmp_path, monkeypatch, address)
        class_path = jars.ensure(tmp_path / "cache", jars=[good], arrived=arrived.append)
        with pytest.raises(JarError, match=r"bad-1\.jar as sent is not the file"):
            jars.ensure(tmp_path / "cache", jars=[good, bad])
    shutil.rmtree(tmp_path / "mirror")

    assert jars.ensure(tmp_path / "cache", jars=[good]) == class_path
    assert class_path[0].read_bytes() == b"good"
    assert arrived == [4]
    assert not (tmp_path / "cache" / "jars" / bad.path).exists()


def test_the_list_names_no_address_and_no_other_system() -> None:
    text = jars.JARS_FILE.read_text(encoding="utf-8")
    linux = jars.read_list(system="linux-x86_64")

    assert "://" not in text
    assert {jar.classifier for jar in linux} == {"", "linux-x86_64"}
    assert len(linux) == len({jar.path for jar in linux}) > 200


def test_a_stale_record_ends_nobody(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    # The number of a process that is alive (this one), from a start long ago.
    stale = Running(os.getpid(), created=1.0, port=settings.bolt_port, version="5.26.30")
    (tmp_path / "server.json").write_text(json.dumps(asdict(stale)), encoding="utf-8")
    told: Told = []

    server.down(settings, told.append)

    assert told == [f"No server that was started from {tmp_path} runs."]
    assert not (tmp_path / "server.json").exists()


def test_a_graph_elsewhere_is_used_and_left_alone(tmp_path: Path) -> None:
    external = Connection("neo4j+s://graph.example", "web", "a secret")
    settings = replace(settings_for(tmp_path), external=external)

    assert server.connection(settings) == external
    with pytest.raises(ServerError, match=r"NEO4J_URI names neo4j\+s://graph\.example.*leaves alone"):
        server.down(settings)


def test_a_refusal_is_one_sentence_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    monkeypatch.delenv("NEO4J_URI", raising=False)

    assert command.main(["restore", str(tmp_path / "nothing")]) == 1
    assert "has no neo4j.dump" in capsys.readouterr().err


def test_the_containers_follow_the_compose_specification() -> None:
    result = CliRunner().invoke(check_jsonschema, ["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"])

    assert result.exit_code == 0, result.output


def test_the_containers_graph_is_set_like_the_embedded_one(tmp_path: Path) -> None:
    services = YAML(typ="safe").load(Path("docker-compose.yml"))["services"]
    given = services["neo4j"]["environment"]
    # Where it listens and how much memory it has differ; an internal setting is for quick tests; empty is the default.
    own = ("server.bolt", "server.default", "server.memory", "db.memory", "internal")
    lines = [line for line in server.configuration(settings_for(tmp_path)).splitlines() if "=" in line]
    settings = dict(line.split("=", maxsplit=1) for line in lines if not line.startswith("#"))

    expected = {_container_name(name): value for name, value in settings.items() if value and not name.startswith(own)}
    assert {name: given.get(name) for name in expected} == expected
    assert services["neo4j"]["image"] == f"neo4j:{jars.NEO4J_VERSION}-community"
    assert "ports" not in services["neo4j"]


def _container_name(name: str) -> str:
    return f"NEO4J_{name.replace('_', '__').replace('.', '_')}"


def name_mirror(folder: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Make jgo ask this address only."""
    (folder / "jgo.conf").write_text(f"[repositories]\nmirror = {address}\n", encoding="utf-8")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(folder / "jgo.conf"))


@contextmanager
def mirror(folder: Path) -> Iterator[str]:
    """A repository on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder))) as repository:
        threading.Thread(target=repository.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{repository.server_address[1]}"
        repository.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
