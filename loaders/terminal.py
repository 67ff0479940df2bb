"""What every command shares: exit codes that a scheduler can use, how a file is named, and how progress is told."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

DONE, WOULD_NOT_LOAD, WRONG_USE, UNREADABLE, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130


def add_scope_arguments(parser: ArgumentParser) -> None:
    """Gives the parser what a file's name may leave unsaid."""
    parser.add_argument("--supplier", help="who sent it, where the name does not say")
    parser.add_argument("--as-at", type=date.fromisoformat, metavar="DATE", help="the day of which it speaks")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--full", dest="full", action="store_true", default=None, help="it says everything")
    kind.add_argument("--delta", dest="full", action="store_false", help="it says only what changed")


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


@contextmanager
def bars(*, quiet: bool = False) -> Iterator[Bars]:
    """Bars on the terminal of errors; silent ones where they are not wanted or nobody watches."""
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
