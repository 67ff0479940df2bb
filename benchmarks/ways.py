"""The ways in, measured: the first load beside the bare tool, the daily load, and a load that changes nothing."""

import cProfile
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import population
from benchmarks.asked import Asked, TimedDatabase
from benchmarks.homes import opened, served, settings_for
from benchmarks.measure import Peaks, cpu_seconds, rate, snapshot, tell, timed, watched_memory
from graph import server
from graph.model.errors import SignpostError
from graph.settings import Settings
from loaders.bulk import ARRAY_DELIMITER
from loaders.commands import File
from loaders.first import load_first
from loaders.keys import hashing_key
from loaders.loading import Desk, Loaded, load_file
from loaders.registry import FEEDS

_FORM = (f"--array-delimiter={ARRAY_DELIMITER}", "--ignore-empty-strings=true", "--id-type=string")


@dataclass
class FeedFigures:
    """All files of one feed by one way."""

    feed: str
    people: bool
    files: int = 0
    rows: int = 0
    kept: int = 0
    wall: float = 0.0
    cpu: float = 0.0  # processor time of the loader and of the server: what it would take with no one else about
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    a_second: int = 0


@dataclass
class WayFigures:
    """One way in, over all feeds."""

    feeds: list[FeedFigures]
    rows: int
    wall: float
    a_second: int
    peaks: Peaks = field(default_factory=Peaks)
    stages: dict[str, float] = field(default_factory=dict)
    asked: dict[str, dict[str, Asked]] = field(default_factory=dict)  # feed → query → how often and how long


@dataclass
class ImportFigures:
    """Our import stage beside the bare tool on the same tables in the same run, in seconds."""

    in_the_load: float  # the whole stage: what surrounds the tool too
    ours: list[float]
    bare: list[float]
    ratio: float
    nodes: int
    relationships: int
    megabytes: int
    peak_mib: int


class _Listener:
    """Hears what a load tells, notes when, and keeps the tables of a first load before they are deleted."""

    def __init__(self, settings: Settings, keep: Path) -> None:
        self.heard: list[tuple[float, str]] = []
        self._tables, self._keep = settings.home / "first-load", keep

    def __call__(self, sentence: str) -> None:
        self.heard.append((time.perf_counter(), sentence))
        tell(sentence)
        if sentence.startswith("Stopping Neo4j") and self._tables.exists():
            self._keep.mkdir(mode=0o700)
            # The tool only reads them, so a second name is as good as a copy.
            for path in self._tables.iterdir():
                os.link(path, self._keep / path.name)

    def at(self, beginning: str) -> float:
        """When a sentence with this beginning was heard last."""
        return max(moment for moment, sentence in self.heard if sentence.startswith(beginning))


def first_way(settings: Settings, folder: Path, keep: Path) -> WayFigures:
    """The first load of the folder's files; its tables are kept."""
    listener = _Listener(settings, keep)
    files = population.files(folder)
    with watched_memory() as peaks, served(settings), opened(settings) as db:
        desk = Desk(db, settings.home, hashing_key(settings.keys_folder), tell=listener)
        begun = time.perf_counter()
        results = load_first(settings, desk, files)
        ended = time.perf_counter()
    nothing = [0.0] * len(results)
    figures = _way(results, nothing, nothing, ended - begun)
    figures.peaks = peaks
    figures.stages = _first_stages(listener, begun, ended)
    return figures


def _first_stages(listener: _Listener, begun: float, ended: float) -> dict[str, float]:
    """The parts of a first load, one after another, in seconds."""
    taken = max(moment for moment, sentence in listener.heard if sentence.endswith(" rows taken"))
    marks = {
        "read, check, match": taken,
        "write the tables": listener.at("Stopping Neo4j"),
        "stop the server": listener.at("Neo4j has stopped"),
        "import": listener.at("Imported "),
        "start the server": _last_start(listener),
        "schema, runs, proof": ended,
    }
    stages, before = {}, begun
    for stage, moment in marks.items():
        stages[stage] = round(moment - before, 3)
        before = moment
    return stages


def _last_start(listener: _Listener) -> float:
    return max(moment for moment, sentence in listener.heard if " answers on " in sentence)


def beside_the_bare_tool(
    tables: Path, scratch: Path, settings: Settings, in_the_load: float, turns: int
) -> ImportFigures:
    """The same tables again through the bare tool and through our stage, in turns, each in the place of the last."""
    nodes, relationships = _sorted_tables(tables)
    ours: list[float] = []
    bare: list[float] = []
    report: server.ImportReport | None = None
    home = _at(settings, scratch)
    with watched_memory() as peaks:
        for turn in range(turns):
            tell(f"The bare tool beside our import stage, turn {turn + 1} of {turns} …")
            bare.append(_bare(home, nodes, relationships))
            report = _import(home, nodes, relationships)
            ours.append(report.seconds)
    assert report is not None
    return ImportFigures(
        in_the_load=round(in_the_load, 2),
        ours=[round(one, 2) for one in ours],
        bare=[round(one, 2) for one in bare],
        ratio=round(statistics.median([in_the_load, *ours]) / statistics.median(bare), 3),
        nodes=report.nodes,
        relationships=report.relationships,
        megabytes=sum(path.stat().st_size for path in tables.iterdir()) // 2**20,
        peak_mib=peaks.java.get("import tool", 0),
    )


def _at(settings: Settings, home: Path) -> Settings:
    made = settings_for(home, children=0)
    return Settings(home, made.cache, None, made.bolt_port, settings.heap, settings.page_cache)


def _sorted_tables(tables: Path) -> tuple[list[Path], list[Path]]:
    """The files of nodes and those of relationships, in the order in which they were written."""
    nodes: list[Path] = []
    relationships: list[Path] = []
    for path in sorted(tables.iterdir(), key=lambda path: path.stat().st_mtime_ns):
        with path.open(encoding="utf-8") as file:
            (relationships if ":START_ID" in file.readline() else nodes).append(path)
    return nodes, relationships


def _bare(settings: Settings, nodes: Sequence[Path], relationships: Sequence[Path]) -> float:
    """The seconds of the tool alone, with its own defaults for all but the form of the files."""
    files = [*(f"--nodes={path}" for path in nodes), *(f"--relationships={path}" for path in relationships)]
    where = ("--overwrite-destination=true", f"--report-file={settings.home / 'report'}")
    return server.admin(settings, "database", "import", "full", *files, *_FORM, *where, "neo4j").seconds


def _import(settings: Settings, nodes: Sequence[Path], relationships: Sequence[Path]) -> server.ImportReport:
    return server.import_database(
        settings,
        nodes=[server.ImportFiles((path,)) for path in nodes],
        relationships=[server.ImportFiles((path,)) for path in relationships],
        extra=_FORM,
    )


def daily_ways(settings: Settings, folders: dict[str, Path], profile: Path | None = None) -> dict[str, "WayFigures"]:
    """Every file of each folder loaded as on any day, one after another, into whatever the graph holds."""
    figures: dict[str, WayFigures] = {}
    with watched_memory() as peaks, served(settings), TimedDatabase(server.connection(settings)) as db:
        for way, folder in folders.items():
            figures[way] = _daily_way(settings, db, folder, profile)
            figures[way].peaks = snapshot(peaks)
    return figures


def _daily_way(settings: Settings, db: TimedDatabase, folder: Path, profile: Path | None) -> WayFigures:
    desk = Desk(db, settings.home, hashing_key(settings.keys_folder), tell=tell)
    results: list[Loaded] = []
    walls: list[float] = []
    asked: dict[str, dict[str, Asked]] = {}
    cpu: list[float] = []
    found = server.running(settings)
    assert found is not None
    begun = time.perf_counter()
    for file in population.files(folder):
        db.take_asked()
        before = cpu_seconds() + cpu_seconds(found.pid)
        with _profiled(profile, file):
            walls.append(timed(_loading(desk, file, results)))
        cpu.append(cpu_seconds() + cpu_seconds(found.pid) - before)
        _add(asked.setdefault(file[1].feed, {}), db.take_asked())
        tell(f"{file[0].name}: {results[-1].rows:,} rows in {walls[-1]:.1f} s")
    figures = _way(results, walls, cpu, time.perf_counter() - begun)
    figures.asked = asked
    return figures


def _loading(desk: Desk, file: File, results: list[Loaded]) -> Callable[[], None]:
    path, name = file
    return lambda: results.append(load_file(desk, FEEDS[name.feed], path, name))


@contextmanager
def _profiled(folder: Path | None, file: File) -> Iterator[None]:
    """Leaves a profile of the block in the folder, if there is one; the block takes longer for it."""
    if folder is None:
        yield
        return
    with cProfile.Profile() as profile:
        yield
    folder.mkdir(parents=True, exist_ok=True)
    profile.dump_stats(folder / f"{file[0].name}.prof")


def _add(sums: dict[str, Asked], more: dict[str, Asked]) -> None:
    for name, one in more.items():
        kept = sums.setdefault(name, Asked())
        kept.calls, kept.rows, kept.seconds = kept.calls + one.calls, kept.rows + one.rows, kept.seconds + one.seconds


def _way(results: Sequence[Loaded], walls: Sequence[float], cpu: Sequence[float], lasted: float) -> WayFigures:
    feeds: dict[str, FeedFigures] = {}
    for result, wall, used in zip(results, walls, cpu, strict=True):
        if result.outcome != "loaded":
            raise SignpostError(f"{result.file}: {result.outcome}. {' '.join(result.errors)}")
        one = feeds.setdefault(result.feed, FeedFigures(result.feed, FEEDS[result.feed].people))
        one.files, one.rows, one.kept = one.files + 1, one.rows + result.rows, one.kept + result.kept
        one.wall += wall or sum(result.seconds.values())
        one.cpu += used
        for stage, spent in result.seconds.items():
            one.seconds[stage] = one.seconds.get(stage, 0.0) + spent
        for name, count in result.counts.items():
            one.counts[name] = one.counts.get(name, 0) + count
    for one in feeds.values():
        one.a_second = rate(one.rows, one.wall)
        one.wall, one.cpu = round(one.wall, 3), round(one.cpu, 2)
        one.seconds = {stage: round(spent, 3) for stage, spent in one.seconds.items()}
    rows = sum(one.rows for one in feeds.values())
    return WayFigures(list(feeds.values()), rows, round(lasted, 2), rate(rows, lasted))
