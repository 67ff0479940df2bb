"""How far a long command is, kept in a file that is replaced whole: for whoever started it and waits elsewhere."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

_EVERY = 0.25  # seconds between two writes of one stage


@dataclass(frozen=True)
class Progress:
    """Which process it is, how far it is, and in the end its exit code and what it said."""

    pid: int
    created: float  # when the process began, in seconds since 1970: a number is given to another process one day
    stage: str = ""
    done: int = 0
    total: int = 0  # 0 where it is not known
    rate: float = 0.0  # rows a second
    left: float | None = None  # seconds until this stage has ended, where the total is known
    code: int | None = None  # the exit code; None while it runs
    said: str = ""  # why it ended as it did, in a sentence; empty where nothing was to be said


class ProgressFile:
    """The file of one command. It is written at most four times a second."""

    def __init__(self, path: Path) -> None:
        """Says at once that the command has begun."""
        me = psutil.Process()
        self._path = path
        self._now = Progress(me.pid, me.create_time())
        self._began = self._written = time.monotonic()
        self._write()

    def rows(self, stage: str, done: int, total: int = 0) -> None:
        """Keeps how many rows of a stage are done, of how many if that is known."""
        moment = time.monotonic()
        fresh = stage != self._now.stage
        if fresh:
            self._began = moment
        rate = done / max(moment - self._began, 0.001) if not fresh else 0.0
        left = (total - done) / rate if total and rate else None
        self._now = replace(self._now, stage=stage, done=done, total=total, rate=rate, left=left)
        if fresh or moment - self._written >= _EVERY:
            self._write()

    def end(self, code: int, said: str = "") -> None:
        """Keeps how the command ended: the last word of this file."""
        self._now = replace(self._now, left=None, code=code, said=said)
        self._write()

    def _write(self) -> None:
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self._now), file)
        os.replace(fresh, self._path)
        self._written = time.monotonic()


@contextmanager
def kept(path: Path | None) -> Iterator[ProgressFile | None]:
    """The file in which a command keeps its progress, None if nobody asked; a command that breaks off is noted."""
    if path is None:
        yield None
        return
    # A server that starts commands may ignore the signal of Ctrl-C, and they would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    file = ProgressFile(path)
    try:
        yield file
    except BaseException:
        # The traceback goes to the errors of the command: it may quote a row, and this file is shown on a page.
        file.end(1)
        raise


def read_progress(path: Path) -> Progress | None:
    """What the file says, or None if it is not there yet or says nothing of ours."""
    try:
        return Progress(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def is_alive(pid: int, created: float) -> bool:
    """Whether the process with this number is still the one that began at this moment, and has not ended."""
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - created) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
