"""How fast an area is counted, named and walked: `python -m benchmarks.paths --children N` or `--home HOME`."""

import argparse
import itertools
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.circle import fill
from benchmarks.clients import timed_each, user
from benchmarks.homes import opened, served, settings_for
from benchmarks.measure import Times, apart, machine, table, tell, times
from graph.model.area import Narrowing
from graph.model.errors import Refused, SignpostError
from graph.services.area import count_area, list_names
from graph.services.connections import show_connection
from graph.services.together import show_together
from graph.settings import Settings
from graph.store import Database

# What issue 4 aims at, in milliseconds; the counts are aimed at for 100,000 children of one area.
AIMS = {"connection_p99": 200.0, "first_counts": 2_000.0}
_WARM_UP = 20
_WHY = {"reason": "safeguarding", "case_reference": ""}


@dataclass
class Report:
    """Everything that one run measured, in milliseconds and calls a second."""

    children: int  # of the area
    machine: dict[str, Any]
    named: int = 0
    ways: dict[str, int] = field(default_factory=dict)
    figures: dict[str, Times] = field(default_factory=dict)
    aims: dict[str, dict[str, Any]] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what the words ask for and prints the report."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signpost-paths-", dir=chosen.work) as work:
        home = chosen.home or Path(work) / "home"
        settings = settings_for(home, children=chosen.children, heap=chosen.heap, page_cache=chosen.page_cache)
        if chosen.home is None:
            fill(settings, chosen, Path(work))
        report = apart(_measured, settings, chosen)
    print(json.dumps(asdict(report), default=str) if chosen.json else in_words(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paths", description="How fast an area is.")
    parser.add_argument("--children", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-at", type=date.fromisoformat, default=date.today() - timedelta(days=1), metavar="DATE")
    graph = parser.add_mutually_exclusive_group()
    graph.add_argument("--folder", type=Path, metavar="DIR", help="files to load, instead of an invented population")
    graph.add_argument("--home", type=Path, metavar="HOME", help="a folder whose graph is loaded already; it stays")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where to put what is needed meanwhile")
    parser.add_argument("--heap", metavar="SIZE", help="of the server, like 1g")
    parser.add_argument("--page-cache", metavar="SIZE", help="of the server, like 512m")
    parser.add_argument("--calls", type=int, default=300, help="pairs of children, each walked once")
    parser.add_argument("--authority", default="E10000901", help="whose safeguarding lead asks")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    return parser


def _measured(settings: Settings, chosen: argparse.Namespace) -> Report:
    with served(settings), opened(settings) as db:
        token = user(db, authority=chosen.authority)
        first = timed_each([partial(count_area, db, token, Narrowing())])
        report = Report(count_area(db, token, Narrowing()).children, machine())
        report.figures["counts, first after a load"] = times(first)
        calls = max(10, chosen.calls // 10)
        narrowed = Narrowing(agencies=2, overlap_days=30)
        for name, narrowing in (("counts", Narrowing()), ("counts, narrowed", narrowed)):
            report.figures[name] = times(timed_each([partial(count_area, db, token, narrowing)] * calls))
        handles = _named(report, db, token, calls)
        _walked(report, db, token, _pairs(handles, chosen))
    found = {
        "connection_p99": report.figures["connection"].p99,
        "first_counts": report.figures["counts, first after a load"].most,
    }
    report.aims = {aim: {"aim": AIMS[aim], "found": value, "met": value <= AIMS[aim]} for aim, value in found.items()}
    return report


def _named(report: Report, db: Database, token: str, calls: int) -> list[str]:
    """The children of the narrowest list of names that there is; the figures of names and of eight side by side."""
    for agencies in range(1, 6):
        narrowing = Narrowing(agencies=agencies)
        try:
            first = list_names(db, token, narrowing, page=1, **_WHY)
        except Refused:
            continue
        break
    else:
        raise SignpostError("No list of names is short enough. Take another authority.")
    pages = [list_names(db, token, narrowing, page=page, **_WHY) for page in range(1, first.pages + 1)]
    handles = [row.handle for page in pages for row in page.rows]
    report.named = len(handles)
    tell(f"{len(handles)} children have {narrowing.agencies} agencies or more.")
    work = partial(list_names, db, token, narrowing, page=1, **_WHY)
    report.figures["a page of names"] = times(timed_each([work] * calls))
    if len(handles) > 1:
        beside = partial(show_together, db, token, handles[:8], **_WHY)
        report.figures["eight side by side"] = times(timed_each([beside] * calls))
    return handles


def _pairs(handles: list[str], chosen: argparse.Namespace) -> list[tuple[str, str]]:
    pairs = list(itertools.combinations(sorted(handles), 2))
    if not pairs:
        raise SignpostError("There are too few children to connect. Take a larger population.")
    random.Random(chosen.seed).shuffle(pairs)
    return pairs[: chosen.calls + _WARM_UP]


def _walked(report: Report, db: Database, token: str, pairs: list[tuple[str, str]]) -> None:
    steps: list[int] = []

    def walk(pair: tuple[str, str]) -> None:
        shown = show_connection(db, token, pair, hubs=False, **_WHY)
        steps.append(len(shown.ways[0].hops) if shown.ways else 0)

    seconds = timed_each([partial(walk, pair) for pair in pairs])
    kept = seconds[_WARM_UP:] or seconds
    report.figures["connection"] = times(kept)
    report.ways = {f"{number} steps" if number else "none": steps.count(number) for number in sorted(set(steps))}


def in_words(report: Report) -> str:
    """The report as tables for a person."""
    figures = [(name, one.calls, one.p50, one.p99, one.most, one.a_second) for name, one in report.figures.items()]
    return "\n\n".join(
        [
            f"{report.children:,} children of the area, {report.named} named; {report.machine}; ways: {report.ways}",
            table(("milliseconds", "calls", "p50", "p99", "most", "a second"), figures),
            table(("aim", "at", "found", "met"), [(name, *one.values()) for name, one in report.aims.items()]),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
