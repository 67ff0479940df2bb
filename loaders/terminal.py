"""What every command shares: exit codes that a scheduler can use, how a file is named, and how progress is told."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from graph.services.progress import ProgressFile

DONE, WOULD_NOT_LOAD, WRONG_USE, UNREADABLE, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130


def add_scope_arguments(parser: ArgumentParser) -> None:
    """Gives the parser what a file's name may leave unsaid."""
    parser.add_argument("--supplier", help="who sent it, where the name does not say")
    parser.add_argument("--as-at", type=date.fromisoformat, metavar="DATE", help="the day of which it speaks")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--full", dest="full", action="store_true", default=None, help="it says everything")
    kind.add_argument("--delta", dest="full", action="store_false", help="it says only what changed")


def add_progress_argument(parser: ArgumentParser) -> None:
    """Lets a command keep how far it is in a file."""
    parser.add_argument(
        "--progress", type=Path, metavar="FILE", help="keep how far it is in FILE, as one JSON object replaced whole"
    )


class Bars:
    """How far each stage of a command is; this one tells nobody."""

    def rows(self, stage: str, done: int, total: int = 0) -> None:
        """Hears how many rows are done, of how many if that is known."""

    def share(self, stage: str, share: float) -> None:
        """Hears what share of the whole is done."""


class _Shown(Bars):
    """A bar a stage, with rows, rows a second and the time left."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._stages: dict[str, tuple[TaskID, float]] = {}

    def rows(self, stage: str, done: int, total: int = 0) -> None:
        """Hears how many rows are done, of how many if that is known."""
        task, began = self._stage(stage)
        speed = done / max(time.monotonic() - began, 0.001)
        self._bars.update(task, said=f"{done:,} rows, {speed:,.0f} a second")
        if total:
            self.share(stage, done / total)

    def share(self, stage: str, share: float) -> None:
        """Hears what share of the whole is done."""
        self._bars.update(self._stage(stage)[0], completed=share, total=1.0)

    def _stage(self, stage: str) -> tuple[TaskID, float]:
        if stage not in self._stages:
            self._stages[stage] = (self._bars.add_task(stage, total=None, said=""), time.monotonic())
        return self._stages[stage]


class _Kept(Bars):
    """Keeps it in a file, for whoever started the command and waits elsewhere."""

    def __init__(self, file: ProgressFile) -> None:
        self._file = file
        self._done: dict[str, int] = {}

    def rows(self, stage: str, done: int, total: int = 0) -> None:
        """Hears how many rows are done, of how many if that is known."""
        self._done[stage] = done
        self._file.rows(stage, done, total)

    def share(self, stage: str, share: float) -> None:
        """Hears what share of the whole is done, which tells about how many rows there are."""
        done = self._done.get(stage, 0)
        self._file.rows(stage, done, round(done / share) if share else 0)


@contextmanager
def bars(*, quiet: bool = False, file: ProgressFile | None = None) -> Iterator[Bars]:
    """Bars on the terminal of errors, or what keeps them in a file; silent ones where nobody wants or watches them."""
    if file is not None:
        yield _Kept(file)
        return
    if quiet or not sys.stderr.isatty():
        yield Bars()
        return
    columns = (
        TextColumn("{task.description:8}"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield _Shown(shown)
