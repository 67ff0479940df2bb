"""How things are measured: times, shares, memory, each way in a process of its own."""

import platform
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import psutil

from graph.jars import NEO4J_VERSION

Given = ParamSpec("Given")
Result = TypeVar("Result")
Off = tuple[object, str, object]  # where, what of it, and what stands there instead
_MIB_IN_KIB = 1024
_LOOK_EVERY = 0.25
# What tells one Java process from another: its main class.
_KINDS = {"org.neo4j.server.CommunityEntryPoint": "server", "org.neo4j.cli.AdminTool": "import tool"}


@dataclass(frozen=True)
class Times:
    """How long many calls took, in milliseconds, and how many there were a second of the whole."""

    calls: int
    p50: float
    p99: float
    most: float
    a_second: float


@dataclass
class Peaks:
    """The most memory that each kind of process has held so far, in MiB."""

    loader: int = 0
    java: dict[str, int] = field(default_factory=dict)


def apart(work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """What the work gives back, done in a new process: its memory is its own, and nothing is warm but the disk."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


def timed(work: Callable[[], object]) -> float:
    """How many seconds the work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def times(seconds: Sequence[float], *, lasted: float | None = None) -> Times:
    """The calls in figures; they came one after another unless it is said how long all of them together lasted."""
    inner = sorted(seconds)
    whole = sum(inner) if lasted is None else lasted
    return Times(
        calls=len(inner),
        p50=round(1000 * statistics.median(inner), 2),
        p99=round(1000 * quantile(inner, 0.99), 2),
        most=round(1000 * inner[-1], 2),
        a_second=round(len(inner) / whole, 1),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest of these ordered values that at least this share of them does not exceed."""
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def cpu_seconds(pid: int | None = None) -> float:
    """The processor time that a process has used so far, this one unless another is named: free of others' noise."""
    spent = psutil.Process(pid).cpu_times()
    return float(spent.user + spent.system)


def rate(rows: int, seconds: float) -> int:
    """Rows a second; 0 where it took no time that could be measured."""
    return round(rows / seconds) if seconds > 0 else 0


@contextmanager
def watched_memory() -> Iterator[Peaks]:
    """The peaks of this process and of the Java processes below it, while and after the block runs."""
    peaks, over = Peaks(), threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_EVERY):
            _look(peaks)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        _look(peaks)
        over.set()
        watcher.join()
        peaks.loader = _peak_of(psutil.Process().pid)


def snapshot(peaks: Peaks) -> Peaks:
    """The peaks so far."""
    _look(peaks)
    return Peaks(_peak_of(psutil.Process().pid), dict(peaks.java))


def _look(peaks: Peaks) -> None:
    for child in psutil.Process().children(recursive=True):
        try:
            words = child.cmdline()
        except psutil.Error:
            continue
        for main, kind in _KINDS.items():
            if main in words:
                peaks.java[kind] = max(peaks.java.get(kind, 0), _peak_of(child.pid))


def _peak_of(pid: int) -> int:
    """The most memory that a process has held, in MiB; 0 once it is gone, or where there is no /proc."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    peak = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(peak.split()[1]) // _MIB_IN_KIB


def machine() -> dict[str, Any]:
    """The machine on which this runs, and how busy it is with other things."""
    return {
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "free_gib": round(psutil.virtual_memory().available / 2**30, 1),
        "load_before": [round(load, 2) for load in psutil.getloadavg()],
        "python": platform.python_version(),
        "neo4j": NEO4J_VERSION,
        "system": platform.system(),
    }


def tell(sentence: str) -> None:
    """Says what is going on, beside the report."""
    print(f"{time.strftime('%H:%M:%S')} {sentence}", file=sys.stderr, flush=True)


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows in columns, numbers with commas and to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[at]) for row in [list(headings), *cells]) for at in range(len(headings))]
    right = [any(isinstance(row[at], int | float) for row in rows) for at in range(len(headings))]
    lines = [list(headings), ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.2f}"
        case _:
            return str(value)


@contextmanager
def switched_off(each: Iterable[Off]) -> Iterator[None]:
    """While the block runs these stand in the places of what is there."""
    with ExitStack() as back:
        for where, what, instead in each:
            back.callback(setattr, where, what, getattr(where, what))
            setattr(where, what, instead)
        yield
