"""Commands that the console starts, kept as files: any worker finds them, and so does a page that is loaded later.

A job is the real command line in a process and a session of its own, so it goes on when the web server ends. Its folder
holds what was ordered (`job.json`), how far it is (`progress.json`, kept by the command itself), its answer and its
errors. Pages show what the command says in sentences and figures; never its errors, which may quote a row.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Thread
from typing import Any

import psutil

from graph.model.errors import Conflict, NotFound
from graph.services.progress import Progress, is_alive, read_progress

KEPT = 200
_INTERRUPTED = 130
_TO_START = 60.0  # seconds that a process may take until it has a number


class Kind(StrEnum):
    """What a job does."""

    CHECK = "check"
    DRY_RUN = "dry run"
    LOAD = "load"
    UNDO = "undo"
    COUNT = "count"


class State(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    KILLED = "killed"


@dataclass(frozen=True)
class Order:
    """What is to be done: the room and words of the command, and what pages say of it."""

    kind: Kind
    words: tuple[str, ...]
    feed: str | None = None
    file: str | None = None
    run: int | None = None


@dataclass(frozen=True)
class Kept:
    """What a job's file holds."""

    job_id: str
    kind: Kind
    words: tuple[str, ...]
    feed: str | None
    file: str | None
    run: int | None
    by: str
    started_at: float
    pid: int | None = None
    created: float | None = None
    cancelled: bool = False


@dataclass(frozen=True)
class Job:
    """A job as it stands now."""

    kept: Kept
    state: State
    progress: Progress | None
    said: Mapping[str, Any] = field(default_factory=dict)  # the command's answer; empty while it runs

    @property
    def started_at(self) -> datetime:
        """When it was ordered."""
        return datetime.fromtimestamp(self.kept.started_at, tz=UTC)

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.state is State.RUNNING


def check(path: Path, feed: str) -> Order:
    """Judging a file alone."""
    return Order(Kind.CHECK, ("loaders", "check", feed, str(path), "--json"), feed=feed, file=path.name)


def load(path: Path, feed: str, *, dry: bool, older: bool, smaller: bool) -> Order:
    """Loading a file, or planning the load of it and writing nothing."""
    words = ["loaders", "load", feed, str(path), "--json"]
    words += ["--dry-run"] if dry else []
    words += ["--older"] if older else []
    words += ["--smaller"] if smaller else []
    return Order(Kind.DRY_RUN if dry else Kind.LOAD, tuple(words), feed=feed, file=path.name)


def undo(run: int, feed: str) -> Order:
    """Taking a run back."""
    return Order(Kind.UNDO, ("loaders", "undo", str(run), "--json"), feed=feed, run=run)


def count() -> Order:
    """Counting the graph."""
    return Order(Kind.COUNT, ("graph", "quality", "--json"))


def start(folder: Path, order: Order, *, by: str) -> str:
    """The id of the job that has been started. Its command refuses a second load itself."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget_old(folder)
    job_id = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"
    own = folder / job_id
    own.mkdir(mode=0o700)
    kept = Kept(job_id, order.kind, order.words, order.feed, order.file, order.run, by, time.time())
    _save(own, kept)
    process = _begin(own, order.words)
    _save(own, replace(kept, pid=process.pid, created=_created(process.pid)))
    return job_id


def _begin(own: Path, words: Sequence[str]) -> "subprocess.Popen[bytes]":
    """The command in a session of its own, so that it outlives this server; a thread waits for its end."""
    room, *rest = words
    command = [sys.executable, "-m", room, *rest, "--progress", str(own / "progress.json")]
    with _private(own / "said.json") as said, _private(own / "errors") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=errors, start_new_session=True, close_fds=True
        )
    # Nobody waits for it, but an ended process keeps its number until somebody has.
    Thread(target=process.wait, daemon=True, name=f"waits for {own.name}").start()
    return process


def _private(path: Path) -> Any:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _created(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None  # it has ended already


def show(folder: Path, job_id: str) -> Job:
    """A job as it stands now. Raises NotFound."""
    kept = _read(folder / job_id)
    if kept is None:
        raise NotFound("There is no such job. Choose one from the list of jobs.")
    return _standing(folder / job_id, kept)


def list_jobs(folder: Path, limit: int = 50) -> list[Job]:
    """The newest jobs, newest first."""
    return [_standing(folder / name, kept) for name in _names(folder)[:limit] if (kept := _read(folder / name))]


def running(folder: Path) -> list[Job]:
    """The jobs that go on, newest first."""
    return [job for job in list_jobs(folder, KEPT) if job.is_running]


def cancel(folder: Path, job_id: str) -> None:
    """Asks a job to stop, as Ctrl-C does: the graph is then as it was. Conflict if it has ended; raises NotFound."""
    job = show(folder, job_id)
    number = _process_of(job.kept, job.progress)
    if not job.is_running or number is None:
        raise Conflict("This job has ended, so there is nothing to cancel.")
    _save(folder / job_id, replace(job.kept, cancelled=True))
    os.kill(number[0], signal.SIGINT)


def _standing(own: Path, kept: Kept) -> Job:
    # Whether it lives is asked first: it may end between the two, and then its last word is there to be read.
    before = read_progress(own / "progress.json")
    number = _process_of(kept, before)
    alive = is_alive(*number) if number else time.time() - kept.started_at < _TO_START
    progress = read_progress(own / "progress.json")
    state = _state(kept, progress, alive=alive)
    return Job(kept, state, progress, {} if state is State.RUNNING else _said(own))


def _state(kept: Kept, progress: Progress | None, *, alive: bool) -> State:
    """How a job stands by its last word; without one it runs, was cancelled before it could say so, or was killed."""
    code = None if progress is None else progress.code
    if code is None:
        return State.RUNNING if alive else State.CANCELLED if kept.cancelled else State.KILLED
    if code == 0:
        return State.DONE
    if code == _INTERRUPTED:
        return State.CANCELLED
    return State.REFUSED if progress is not None and progress.said else State.FAILED


def _process_of(kept: Kept, progress: Progress | None) -> tuple[int, float] | None:
    """The number of the process and when it began: as the server noted, else as the command itself has."""
    if kept.pid is not None and kept.created is not None:
        return kept.pid, kept.created
    return None if progress is None else (progress.pid, progress.created)


def _said(own: Path) -> Mapping[str, Any]:
    try:
        said = json.loads((own / "said.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _names(folder: Path) -> list[str]:
    """Their names begin with the time, so that they sort."""
    return sorted((path.name for path in folder.iterdir() if path.is_dir()), reverse=True) if folder.is_dir() else []


def _read(own: Path) -> Kept | None:
    try:
        plain = json.loads((own / "job.json").read_text(encoding="utf-8"))
        return Kept(**plain | {"kind": Kind(plain["kind"]), "words": tuple(plain["words"])})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def _save(own: Path, kept: Kept) -> None:
    fresh = own / f"job.{secrets.token_hex(4)}.new"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(kept), file)
    os.replace(fresh, own / "job.json")


def _forget_old(folder: Path) -> None:
    for name in _names(folder)[KEPT - 1 :]:
        kept = _read(folder / name)
        if kept is None or not _standing(folder / name, kept).is_running:
            shutil.rmtree(folder / name, ignore_errors=True)
