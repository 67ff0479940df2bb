"""How fast look-ups are, the circle bare and with audit, and search: `python -m benchmarks.circle --children N`."""

import argparse
import itertools
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.clients import Child, bare_circle, disclose, search, timed_each, together, user
from benchmarks.homes import opened, served, settings_for
from benchmarks.measure import Peaks, Times, apart, machine, snapshot, table, tell, times, watched_memory
from graph import server
from graph.model import clock
from graph.model.errors import SignpostError
from graph.model.intervals import years_before
from graph.services import audit, carry, load_queries, shields
from graph.settings import Settings
from graph.store import Database

# What issue 3 aims at, in milliseconds.
AIMS = {"circle_query_p99": 8.0, "disclosure_p99": 30.0}
_SOURCE, _SUPPLIER = "pds", "nhs"
_FIRST = 20  # calls after a start, while nothing is warm
_WARM_UP = 200
_SEVENTEEN = 17
# From this size on the children are drawn under a server of its own, so that drawing them warms nothing.
_LARGE = 100_000


@dataclass
class Report:
    """Everything that one run measured, in milliseconds and calls a second."""

    children: int
    machine: dict[str, Any]
    heap: str
    page_cache: str
    graph: dict[str, int] = field(default_factory=dict)
    drawn: int = 0
    figures: dict[str, Times] = field(default_factory=dict)
    not_shown: int = 0
    audit: dict[str, float] = field(default_factory=dict)
    peaks: Peaks = field(default_factory=Peaks)
    aims: dict[str, dict[str, Any]] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what the words ask for and prints the report."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signpost-circle-", dir=chosen.work) as work:
        report = measure(chosen, Path(work))
    print(json.dumps(asdict(report), default=str) if chosen.json else in_words(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.circle", description="How fast look-ups are.")
    parser.add_argument("--children", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-at", type=date.fromisoformat, default=date.today() - timedelta(days=1), metavar="DATE")
    graph = parser.add_mutually_exclusive_group()
    graph.add_argument("--folder", type=Path, metavar="DIR", help="files to load, instead of an invented population")
    graph.add_argument("--home", type=Path, metavar="HOME", help="a folder whose graph is loaded already; it stays")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where to put what is needed meanwhile")
    parser.add_argument("--heap", metavar="SIZE", help="of the server, like 1g")
    parser.add_argument("--page-cache", metavar="SIZE", help="of the server, like 512m")
    parser.add_argument("--calls", type=int, default=500, help="of each kind, each about another child")
    parser.add_argument("--clients", type=int, default=8, help="who disclose at the same time")
    parser.add_argument("--lasting", type=float, default=5.0, metavar="SECONDS", help="how long they do")
    parser.add_argument("--authority", default="E10000901", help="whose safeguarding lead looks children up")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    return parser


def measure(chosen: argparse.Namespace, work: Path) -> Report:
    """The report, on a graph loaded for it unless one is given."""
    home = chosen.home or work / "home"
    settings = settings_for(home, children=chosen.children, heap=chosen.heap, page_cache=chosen.page_cache)
    if chosen.home is None:
        fill(settings, chosen, work)
    drawn = apart(_drawn_apart, settings, chosen) if chosen.children >= _LARGE else None
    return apart(_measured, settings, chosen, drawn)


def fill(settings: Settings, chosen: argparse.Namespace, work: Path) -> None:
    """Loads the files that the words name, or invents and loads a population: the first way."""
    # What loads files is large, and every client would read it in.
    from benchmarks import population, ways  # noqa: PLC0415

    folder = chosen.folder
    if folder is None:
        folder = work / "files"
        population.invent(folder, children=chosen.children, seed=chosen.seed, as_at=chosen.as_at)
    loaded = apart(ways.first_way, settings, folder, work / "tables")
    tell(f"Loaded {loaded.rows:,} rows in {loaded.wall:,.0f} s {loaded.stages}; loader {loaded.peaks.loader:,} MiB")
    shutil.rmtree(work / "tables")


def _drawn_apart(settings: Settings, chosen: argparse.Namespace) -> list[Child]:
    with served(settings), opened(settings) as db:
        return draw(db, chosen)


def draw(db: Database, chosen: argparse.Namespace) -> list[Child]:
    """Random children of the patient register who are well under 18, enough for every kind of call; none twice."""
    rows = db.stream(load_queries.LIST_SCOPE, source=_SOURCE, supplier=_SUPPLIER)
    keys = sorted(key for _, _, _, key, subject in rows if subject == "child")
    random.Random(chosen.seed).shuffle(keys)
    born_after = years_before(clock.day_in_england(clock.now()), _SEVENTEEN)
    wanted = _FIRST + _WARM_UP + 3 * chosen.calls
    children: dict[str, Child] = {}
    for start in range(0, len(keys), 1_000):
        for row in db.read(load_queries.FIND_BY_NHS_NUMBER, numbers=keys[start : start + 1_000]):
            said = db.read(shields.LIST_GUARDED, persons=[row.person_id])[0].said
            if said.date_of_birth is not None and said.date_of_birth > born_after:
                name = f"{said.forename or ''} {said.family_name or ''}".strip()
                children[row.person_id] = Child(row.person_id, name, said.date_of_birth)
            if len(children) >= wanted:
                return list(children.values())
    return list(children.values())


def _measured(settings: Settings, chosen: argparse.Namespace, drawn: list[Child] | None) -> Report:
    report = Report(
        chosen.children,
        machine(),
        f"{settings.heap // 2**20}m",
        f"{settings.page_cache // 2**20}m",
    )
    with watched_memory() as peaks, served(settings), opened(settings) as db:
        children = drawn or draw(db, chosen)
        tokens = [user(db, authority=chosen.authority) for _ in range(chosen.clients)]
        report.drawn = _one_client(report, db, tokens[0], iter(children), chosen.calls)
        tell(f"{chosen.clients} clients for {chosen.lasting:.0f} seconds …")
        at_once = together(server.connection(settings), tokens, children, chosen.lasting)
        report.figures[f"disclosure, {chosen.clients} clients"] = times(at_once.seconds, lasted=at_once.lasted)
        report.audit = _audit(db)
        counts = carry.count_graph(db)
        report.graph = {"persons": counts.persons, "records": counts.records, "facts": counts.facts}
        report.peaks = snapshot(peaks)
    report.aims = _aims(report)
    return report


def _one_client(report: Report, db: Database, token: str, children: Iterator[Child], calls: int) -> int:
    """How many children were looked up by one client, the figures of it being in the report."""
    figures = report.figures
    cold = list(itertools.islice(children, _FIRST))
    figures["disclosure, first calls after a start"] = times(
        timed_each([partial(disclose, db, token, c) for c in cold])
    )
    warm_up = list(itertools.islice(children, _WARM_UP))
    for child in warm_up:
        disclose(db, token, child)
        search(db, token, child)
    looked_up = len(cold) + len(warm_up)
    for kind, mine in zip(("circle", "disclosure", "search"), _thirds(children, calls), strict=True):
        tell(f"{kind}: {len(mine)} children, each for the first time and then again …")
        for touch in ("first touch", "warm"):
            _kind(report, db, token, kind, touch, mine)
        looked_up += len(mine)
    return looked_up


def _thirds(children: Iterator[Child], calls: int) -> list[tuple[Child, ...]]:
    """The rest of the children in three equal parts, of so many calls at most."""
    rest = list(children)
    size = min(calls, len(rest) // 3)
    if not size:
        raise SignpostError("There are too few children to look up. Take a larger population.")
    return [tuple(rest[at * size : (at + 1) * size]) for at in range(3)]


def _kind(report: Report, db: Database, token: str, kind: str, touch: str, children: Sequence[Child]) -> None:
    if kind == "circle":
        alone: list[float] = []
        whole = timed_each([lambda child=child: alone.append(bare_circle(db, token, child)) for child in children])  # type: ignore[misc]
        report.figures[f"circle query alone, {touch}"] = times(alone)
        report.figures[f"circle query with its commit, {touch}"] = times(whole)
        return
    shown: list[bool] = []
    call = disclose if kind == "disclosure" else search
    seconds = timed_each([lambda child=child: shown.append(call(db, token, child)) for child in children])  # type: ignore[misc]
    report.not_shown += shown.count(False)
    report.figures[f"{kind}, {touch}"] = times(seconds)


def _audit(db: Database) -> dict[str, float]:
    """How many events there are and how long it took to verify every chain. A fault is an error."""
    begun = time.perf_counter()
    faults = audit.verify_log(db)
    seconds = time.perf_counter() - begun
    if faults:
        raise SignpostError(f"The audit does not hold: {faults[0]}")
    return {"events": sum(head.seq for head in db.read(audit.LIST_HEADS)), "verified_in": round(seconds, 2)}


def _aims(report: Report) -> dict[str, dict[str, Any]]:
    names = {"circle_query_p99": "circle query alone, warm", "disclosure_p99": "disclosure, warm"}
    found = {aim: report.figures[name].p99 for aim, name in names.items()}
    return {aim: {"aim": AIMS[aim], "found": value, "met": value <= AIMS[aim]} for aim, value in found.items()}


def in_words(report: Report) -> str:
    """The report as tables for a person."""
    figures = [(name, one.calls, one.p50, one.p99, one.most, one.a_second) for name, one in report.figures.items()]
    java = ", ".join(f"{kind} {peak:,} MiB" for kind, peak in report.peaks.java.items())
    about = f"{report.children:,} children ({report.graph}), {report.drawn:,} looked up, {report.not_shown} not shown"
    return "\n\n".join(
        [
            f"{about}; heap {report.heap}, page cache {report.page_cache}; {report.machine}",
            table(("milliseconds", "calls", "p50", "p99", "most", "a second"), figures),
            f"Audit: {report.audit}, no fault. Peak memory: {java}",
            table(("aim", "at", "found", "met"), [(name, *one.values()) for name, one in report.aims.items()]),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
