"""Rows a second by each way in, feed by feed and stage by stage: `python -m benchmarks.loads --children N`."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import population
from benchmarks.homes import settings_for
from benchmarks.measure import apart, machine, table, tell
from benchmarks.ways import ImportFigures, WayFigures, beside_the_bare_tool, daily_ways, first_way

WAYS = ("first", "daily", "unchanged")
# What issue 3 aims at.
AIMS = {"import_ratio": 1.1, "slowest_of_persons": 4_000, "slowest_unchanged": 15_000}
# A feed with fewer rows than this tells more of the fixed cost of a load than of its rate.
ENOUGH = 1_000
_QUERIES = 12
# The bare tool and our import stage take turns where that is cheap: no long imports, and no start of Java for nothing.
_TURNS, _CHEAP, _FEW = 3, 60.0, 10_000


@dataclass
class Report:
    """Everything that one run measured."""

    children: int
    seed: int
    as_at: date
    machine: dict[str, Any]
    heap: str
    page_cache: str
    invented_in: float | None = None
    ways: dict[str, WayFigures] = field(default_factory=dict)
    importing: ImportFigures | None = None
    aims: dict[str, dict[str, Any]] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what the words ask for and prints the report."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signpost-loads-", dir=chosen.work) as work:
        report = measure(chosen, Path(work))
    print(json.dumps(asdict(report), default=str) if chosen.json else in_words(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loads", description="How fast loads are.")
    parser.add_argument("--children", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-at", type=date.fromisoformat, default=date.today() - timedelta(days=1), metavar="DATE")
    parser.add_argument("--ways", type=_ways, default=WAYS, metavar="WAY,…", help=", ".join(WAYS))
    parser.add_argument("--folder", type=Path, metavar="DIR", help="files to load, instead of an invented population")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where to put what is needed meanwhile")
    parser.add_argument("--heap", metavar="SIZE", help="of the server and the import tool, like 1g")
    parser.add_argument("--page-cache", metavar="SIZE", help="of the server, like 512m")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="leave a cProfile of each daily file here (slower)")
    parser.add_argument("--turns", type=int, help="how often the bare tool is tried (default: 3 if that is cheap)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    return parser


def _ways(text: str) -> tuple[str, ...]:
    """The ways named; after a daily load the same content is loaded again, which costs little beside it."""
    asked = set(text.split(","))
    if not asked <= set(WAYS):
        raise argparse.ArgumentTypeError(f"{text}: name some of {','.join(WAYS)}.")
    if "daily" in asked:
        asked.add("unchanged")
    if asked == {"unchanged"}:
        raise argparse.ArgumentTypeError("unchanged: it needs a load before it, so name first or daily too.")
    return tuple(way for way in WAYS if way in asked)


def measure(chosen: argparse.Namespace, work: Path) -> Report:
    """The report of the ways asked for, each in a process and a folder of its own."""
    settings = settings_for(work / "home", children=chosen.children, heap=chosen.heap, page_cache=chosen.page_cache)
    heap, page_cache = (f"{size // 2**20}m" for size in (settings.heap, settings.page_cache))
    report = Report(chosen.children, chosen.seed, chosen.as_at, machine(), heap, page_cache)
    folder = chosen.folder
    if folder is None:
        folder = work / "files"
        tell(f"Inventing {chosen.children:,} children …")
        report.invented_in = round(
            population.invent(folder, children=chosen.children, seed=chosen.seed, as_at=chosen.as_at), 2
        )
    if "first" in chosen.ways:
        tell("Now the first load …")
        first = settings_for(work / "first", children=chosen.children, heap=chosen.heap, page_cache=chosen.page_cache)
        report.ways["first"] = apart(first_way, first, folder, work / "tables")
        tell(_heading("first", report.ways["first"]))
        in_the_load = report.ways["first"].stages["import"]
        turns = chosen.turns or (_TURNS if chosen.children >= _FEW and in_the_load < _CHEAP else 1)
        report.importing = apart(beside_the_bare_tool, work / "tables", work / "bare", first, in_the_load, turns)
    folders = {"daily": folder} if "daily" in chosen.ways else {}
    if "unchanged" in chosen.ways:
        folders["unchanged"] = work / "again"
        population.say_again(folder, work / "again")
    if folders:
        tell("Now as on any day …")
        # What has not changed is loaded into the graph of the daily load, or else of the first.
        last = work / ("daily" if "daily" in folders else "first")
        home = settings_for(last, children=chosen.children, heap=chosen.heap, page_cache=chosen.page_cache)
        report.ways |= apart(daily_ways, home, folders, chosen.profile)
    report.aims = _aims(report)
    return report


def _aims(report: Report) -> dict[str, dict[str, Any]]:
    found: dict[str, tuple[float, bool]] = {}
    if report.importing is not None:
        ratio = report.importing.ratio
        found["import_ratio"] = (ratio, ratio <= AIMS["import_ratio"])
    for way, aim in (("daily", "slowest_of_persons"), ("unchanged", "slowest_unchanged")):
        rates = [one.a_second for one in _telling(report.ways.get(way))]
        if rates:
            found[aim] = (min(rates), min(rates) >= AIMS[aim])
    return {name: {"aim": AIMS[name], "found": value, "met": met} for name, (value, met) in found.items()}


def _telling(way: WayFigures | None) -> list[Any]:
    """The feeds of persons with enough rows to tell a rate."""
    return [] if way is None else [one for one in way.feeds if one.people and one.rows >= ENOUGH]


def in_words(report: Report) -> str:
    """The report as tables for a person."""
    about = f"{report.children:,} children, seed {report.seed}, as at {report.as_at}"
    parts = [f"{about}; heap {report.heap}, page cache {report.page_cache}; {report.machine}"]
    for name, way in report.ways.items():
        parts += [_heading(name, way), _feeds(way)]
        if way.stages:
            parts.append(table(("stage of the first load", "seconds"), list(way.stages.items())))
        if way.asked:
            parts.append(_asked(way))
    if report.importing is not None:
        one = report.importing
        parts.append(
            f"Import of {one.nodes:,} nodes and {one.relationships:,} relationships ({one.megabytes:,} MB of tables): "
            f"{one.in_the_load} s in the load, {one.ours} s through our stage, {one.bare} s with the bare tool; "
            f"ratio of the medians {one.ratio}; peak of the tool {one.peak_mib:,} MiB"
        )
    aims = [(name, aim["aim"], aim["found"], aim["met"]) for name, aim in report.aims.items()]
    parts.append(table(("aim", "at", "found", "met"), aims))
    return "\n\n".join(parts)


def _heading(name: str, way: WayFigures) -> str:
    java = ", ".join(f"{kind} {peak:,} MiB" for kind, peak in way.peaks.java.items())
    return (
        f"## {name}: {way.rows:,} rows in {way.wall:,.1f} s, {way.a_second:,} a second; "
        f"peak memory: loader {way.peaks.loader:,} MiB, {java}"
    )


def _feeds(way: WayFigures) -> str:
    stages = list(dict.fromkeys(stage for one in way.feeds for stage in one.seconds))
    rows = [
        (one.feed, one.rows, one.wall, one.cpu, one.a_second, *(one.seconds.get(stage) for stage in stages))
        for one in way.feeds
    ]
    return table(("feed", "rows", "seconds", "cpu", "a second", *stages), rows)


def _asked(way: WayFigures) -> str:
    sums: dict[str, list[float]] = {}
    for queries in way.asked.values():
        for name, one in queries.items():
            kept = sums.setdefault(name, [0, 0, 0.0])
            kept[0], kept[1], kept[2] = kept[0] + one.calls, kept[1] + one.rows, kept[2] + one.seconds
    longest = sorted(sums.items(), key=lambda pair: -pair[1][2])[:_QUERIES]
    return table(("query", "calls", "rows given", "seconds"), [(name, *kept) for name, kept in longest])


if __name__ == "__main__":
    sys.exit(main())
