"""The Neo4j server as a committed list of jars: fetched once, checked against its SHA-256, kept in a shared cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext

from graph.model.errors import SignpostError

NEO4J_VERSION = "5.26.30"
JARS_FILE = Path(__file__).with_name("jars.txt")

_ROOTS = ("org.neo4j:neo4j", "org.neo4j.app:neo4j-server", "org.neo4j:neo4j-import-tool")
_THREADS = 8
_HEADING = """\
# The jars of Neo4j Community {version}, with everything they need. Written by `python -m graph lock`; do not edit.
# SHA-256, size in bytes, group:artifact:version, and the system that needs it where it is not for all.
"""

# Called after each jar with its size in bytes.
Arrived = Callable[[int], None]


class JarError(SignpostError):
    """A jar that cannot be had or is not the one that was committed; the message says what to do."""


@dataclass(frozen=True)
class Jar:
    """One file of the server, by its Maven coordinate."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.artifact}-{self.version}{f'-{self.classifier}' if self.classifier else ''}.jar"

    @property
    def path(self) -> Path:
        """The file's place below the folder of jars."""
        return Path(*self.group.split("."), self.artifact, self.version, self.name)


def read_list(path: Path = JARS_FILE, system: str | None = None) -> list[Jar]:
    """Return the jars that this system needs, in the order of the class path."""
    lines = path.read_text(encoding="utf-8").splitlines()
    jars = [_parse(line) for line in lines if line and not line.startswith("#")]
    return [jar for jar in jars if jar.classifier in ("", system or _system())]


def ensure(cache: Path, *, jars: Sequence[Jar] | None = None, arrived: Arrived = lambda _size: None) -> list[Path]:
    """Return the class path, after fetching what is missing and checking what is new or has changed."""
    wanted = read_list() if jars is None else jars
    folder = cache / "jars"
    with locked(cache / "jars.lock"):
        stamps = _read_stamps(folder)
        fresh = [jar for jar in wanted if _stamp(folder / jar.path) is None]
        changed = [jar for jar in wanted if jar not in fresh and stamps.get(jar.sha256) != _stamp(folder / jar.path)]
        for jar in changed:
            _check(jar, folder / jar.path)
        _fetch_all(folder, fresh, arrived)
        if fresh or changed:
            _write_stamps(folder, wanted)
    return [folder / jar.path for jar in wanted]


def missing_bytes(cache: Path) -> int:
    """Return how much is still to be fetched."""
    return sum(jar.size for jar in read_list() if not (cache / "jars" / jar.path).exists())


def lock(path: Path = JARS_FILE) -> int:
    """Write the list anew from what Neo4j's own descriptions name, and return the number of jars."""
    # Into an empty folder, so that the list says what the repository sends and not what this machine has.
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(_THREADS) as pool:
        context = _context(Path(folder))
        roots = [context.create_dependency(f"{root}:{NEO4J_VERSION}") for root in _ROOTS]
        named, needed = context.resolver.resolve(roots)
        artifacts = [dependency.artifact for dependency in (*named, *needed) if dependency.type == "jar"]
        files = list(pool.map(lambda artifact: artifact.resolve(), artifacts))
        lines = [_line(artifact, file) for artifact, file in zip(artifacts, files, strict=True)]
    path.write_text(_HEADING.format(version=NEO4J_VERSION) + "".join(lines), encoding="utf-8")
    return len(lines)


@contextmanager
def locked(path: Path, *, busy: Exception | None = None) -> Iterator[None]:
    """Hold a file's lock; where another holds it, raise `busy` if given, else wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError:
            assert busy is not None
            raise busy from None
        yield


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parse(line: str) -> Jar:
    sha256, size, coordinate = line.split()
    group, artifact, version, *classifier = coordinate.split(":")
    return Jar(group, artifact, version, classifier[0] if classifier else "", sha256, int(size))


def _line(artifact: object, file: Path) -> str:
    words = [getattr(artifact, name) for name in ("groupId", "artifactId", "version", "classifier")]
    return f"{sha256_of(file)} {file.stat().st_size} {':'.join(word for word in words if word)}\n"


def _system() -> str:
    # Maven's words: linux-x86_64, linux-aarch_64, osx-x86_64, osx-aarch_64.
    system = {"Darwin": "osx"}.get(platform.system(), platform.system().lower())
    machine = {"AMD64": "x86_64", "arm64": "aarch_64", "aarch64": "aarch_64"}
    return f"{system}-{machine.get(platform.machine(), platform.machine())}"


def _context(repo_cache: Path) -> MavenContext:
    # An organisation's own mirror is named in jgo's configuration file, never in this repository.
    repositories = GlobalSettings.load().repositories or {"central": MAVEN_CENTRAL_URL}
    return MavenContext(repo_cache=repo_cache, local_repos=[], remote_repos=repositories, timeout=30)


def _fetch_all(folder: Path, jars: Sequence[Jar], arrived: Arrived) -> None:
    if not jars:
        return
    folder.mkdir(parents=True, exist_ok=True)
    # A jar is moved to its place only when it is whole and right, so a broken download leaves nothing behind.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="incoming-") as incoming:
        context = _context(Path(incoming))
        pool = ThreadPoolExecutor(_THREADS)
        try:
            for size in pool.map(lambda jar: _fetch(context, jar, folder / jar.path), jars):
                arrived(size)
        finally:
            pool.shutdown(cancel_futures=True)


def _fetch(context: MavenContext, jar: Jar, place: Path) -> int:
    file = _download(context, jar)
    if sha256_of(file) != jar.sha256:
        raise JarError(
            f"{jar.name} as sent is not the file that Signpost was built with (its SHA-256 differs). "
            "Nothing of it was kept. Run the command again; if it is refused again, tell your security team."
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(file, place)
    return jar.size


def _download(context: MavenContext, jar: Jar) -> Path:
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        return Path(component.artifact(classifier=jar.classifier, packaging="jar").resolve())
    except (requests.RequestException, RuntimeError) as error:
        # jgo raises a plain RuntimeError when no repository has the file or one refuses to send it.
        raise JarError(
            f"{jar.name} could not be fetched. Neo4j has to be fetched once, so connect this machine to the internet "
            f"(or name your mirror in jgo's configuration file), then run the command again. ({type(error).__name__})"
        ) from error


def _check(jar: Jar, path: Path) -> None:
    if sha256_of(path) != jar.sha256:
        raise JarError(
            f"{jar.name} is not the file that Signpost was built with (its SHA-256 differs). "
            f"Delete {path} and run the command again."
        )


def _stamp(path: Path) -> str | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return f"{stat.st_size} {stat.st_mtime_ns}"


def _read_stamps(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / "checked.txt").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split(" ", maxsplit=1) for line in lines)


def _write_stamps(folder: Path, jars: Sequence[Jar]) -> None:
    # Stamps of an older list stay: another clone may need them.
    stamps = _read_stamps(folder) | {jar.sha256: _stamp(folder / jar.path) or "" for jar in jars}
    draft = folder / "checked.txt.new"
    draft.write_text("".join(f"{sha256} {stamp}\n" for sha256, stamp in stamps.items()), encoding="utf-8")
    draft.replace(folder / "checked.txt")
