"""One new record after another beside a graph of millions: by the graph's own indexes, and through the kept index.

`python -m benchmarks.one --children 1000000` invents children by SQL (`benchmarks.scale`), imports them with
`neo4j-admin` (person, one record, home), keeps the index of them, and asks who each of some new records is about, with
the errors of real files. The first tier is timed apart and then left out, so that every record is compared by weights.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pyarrow as pa

from benchmarks import measure, scale
from benchmarks.measure import Times
from graph import server
from graph.settings import GIB, MIB, Settings
from graph.store import Database
from graph.store.migrations import migrate
from loaders.identify import File, Identified, identify
from loaders.kept import KeptIndex, bounded, history_digest
from loaders.match import match
from loaders.near import Near
from loaders.state import GraphState
from loaders.tables import values
from loaders.who.candidates import connect
from loaders.who.index import Index

_FILES = ("persons", "records", "identifies", "addresses", "lives_at")


@dataclass
class Report:
    """What came out; times in milliseconds."""

    children: int
    records: int
    warm: int  # others that were asked before, so that the server has compiled what it is asked
    imported_seconds: float = 0.0
    indexed_seconds: float = 0.0
    first_ms: float = 0.0  # the first record of a process, which reads what is kept and reads the SQL
    short: Times | None = None
    short_cpu_ms: float = 0.0  # of Python, each record
    graph_cpu_ms: float = 0.0  # of Neo4j, each record
    first_tier: Times | None = None
    kept: Times | None = None
    kept_cpu_ms: float = 0.0
    compared: int = 0  # records that went both ways
    alike: int = 0  # of them, decided alike to the last digit
    near: Times | None = None  # persons brought for a record, in the place of milliseconds
    methods: dict[str, int] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    load_after: list[float] = field(default_factory=list)


class SecondTier(scale.FindsNobody, GraphState):
    """The graph, of which the first tier finds nobody: every record is compared by weights."""

    def __init__(self, db: Database, kept: KeptIndex, *, short: bool) -> None:
        """The short way is forbidden, or taken wherever it may be."""
        super().__init__(db, kept)
        self._short, self.ways, self.brought = short, Counter[str](), list[int]()

    @contextmanager
    def index(self, few: pa.Table | None = None) -> Iterator[Index | Near]:
        """As ever, with the way noted."""
        with super().index(few if self._short else None) as found:
            self.ways["short" if isinstance(found, Near) else "long"] += 1
            self.brought += [len(found.ids())] if isinstance(found, Near) else []
            yield found


def told(found: Identified) -> dict[str, Any]:
    """Everything that was decided; who is new is called by the first record of theirs."""
    called: dict[str, str] = {}
    rows = found.matched.sort_values("record").to_dict("records")
    for row in rows:
        if row["method"] == "new":
            called.setdefault(row["person_id"], f"new {row['record']}")
    return {
        "matched": {
            row["record"]: (
                called.get(row["person_id"], row["person_id"]),
                row["method"],
                str(row["basis"]),
                str(row["score"]),
            )
            for row in rows
        },
        "asked": sorted(str(_question(row, called)) for row in found.proposals),
        "aside": found.aside,
        "figures": found.figures,
        "weighed": sorted(found.weighed),
        "compared": found.compared,
    }


def _question(row: dict[str, Any], called: dict[str, str]) -> dict[str, Any]:
    candidate = called.get(row["candidate"], row["candidate"])
    return {**row, "person_id": called[row["person_id"]], "candidate": candidate}


def make_kept(home: Path, children: int, seed: int) -> None:
    """Invents the kept index of about so many children, as of a graph that no run has written."""
    folder = home / "derived" / "who"
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    scale.make(folder, children, seed)
    with connect() as con:
        con.execute(f"ATTACH '{folder / scale.FILE}' AS known")
        index = Index(con)
        index.tell("run", "0")
        index.tell("history", history_digest([], 0))
        con.execute("DETACH known")


def write_files(home: Path, folder: Path) -> list[Path]:
    """The children of the kept index as files for the import."""
    spaced = "left({0}, length({0}) - 3) || ' ' || right({0}, 3)"
    place = "md5(i.address || '|' || i.postcode)"
    child = f"FROM {'{identity}'} i JOIN known.record r USING (person)"
    selected = {
        "persons": 'r.person_id AS "person_id:ID(Person)", r.person_id AS child_id, 1 AS "run:long"',
        "records": (
            "r.record || '/1' AS \"record_version:ID(Record)\", r.record, r.source, r.supplier, 'child' AS subject,"
            ' 1 AS "run:long", i.given AS forename, i.family AS family_name, i.family AS family_name_folded,'
            ' i.middle AS middle_names, r.date_of_birth AS "date_of_birth:date", i.sex, r.nhs_number, r.upn,'
            f" {spaced.format('i.postcode')} AS postcode, {spaced.format('i.former')} AS \"former_postcodes:string[]\","
            " list_aggregate(list_distinct(string_split(concat_ws(' ', i.given, i.middle, i.family), ' ')),"
            " 'string_agg', ';') AS \"search_names:string[]\","
            " i.born || ' ' || left(i.born, 6) || ' ' || left(i.born, 4) AS search_born"
        ),
        "identifies": (
            "r.record || '/1' AS \":START_ID(Record)\", r.person_id AS \":END_ID(Person)\", 1 AS \"run:long\","
            " 'new' AS method"
        ),
        "lives_at": (
            f'r.person_id AS ":START_ID(Person)", {place} AS ":END_ID(Address)", r.record, 1 AS "run:long",'
            " r.record || 'L' AS fact_id"
        ),
        "addresses": (
            f'DISTINCT {place} AS "address_id:ID(Address)", i.address AS line_1,'
            f" {spaced.format('i.postcode')} AS postcode, 1 AS \"run:long\""
        ),
    }  # fmt: skip
    with connect() as con:
        bounded(con, folder, memory="3GB")
        con.execute(f"ATTACH '{home / 'derived' / 'who' / scale.FILE}' AS known (READ_ONLY)")
        for name, columns in selected.items():
            con.execute(
                f"COPY (SELECT {columns} {child.format(identity='known.identity')})"
                f" TO '{folder / name}.csv' (HEADER, DELIMITER ',')"
            )
    return [folder / f"{name}.csv" for name in _FILES]


def make_graph(settings: Settings, files: list[Path]) -> tuple[float, float]:
    """Seconds to import the files into the settings' own graph, and to start it and index it."""
    at = dict(zip(_FILES, files, strict=True))
    begun = time.perf_counter()
    server.import_database(
        settings,
        nodes=[
            server.ImportFiles((at["persons"],), "Person:Child"),
            server.ImportFiles((at["records"],), "Record"),
            server.ImportFiles((at["addresses"],), "Address"),
        ],
        relationships=[
            server.ImportFiles((at["identifies"],), "IDENTIFIES"),
            server.ImportFiles((at["lives_at"],), "LIVES_AT"),
        ],
        extra=["--ignore-empty-strings=true"],
    )
    imported = time.perf_counter() - begun
    server.up(settings)
    with _opened(settings) as db:
        indexed = measure.timed(lambda: migrate(db))
    return imported, indexed


def _opened(settings: Settings) -> Database:
    at = server.connection(settings)
    return Database(at.uri, at.user, at.password, timeout=3600)


def ask(settings: Settings, children: int, records: int, both: int, warm: int, seed: int) -> Report:
    """New records one after another, after `warm` others; `both` of them through the kept index as well."""
    truth = scale.drawn(children, warm + records, seed)
    frame = scale.said(truth, seed)
    homes = dict(zip(values(frame["record"]), values(frame["home"]), strict=True))
    frame = frame.drop(columns="home")
    file = File("child_benefit", "hmrc", full=False, register=False, records=set(homes), homes=homes)
    report = Report(children, records, warm, machine=measure.machine())
    running = server.running(settings)
    java = psutil.Process(running.pid) if running is not None else None
    with _opened(settings) as db:
        kept = KeptIndex(db, settings.home / "derived")
        long, short, plain = (
            SecondTier(db, kept, short=False), SecondTier(db, kept, short=True), GraphState(db, kept)
        )  # fmt: skip
        rows = [frame.iloc[at : at + 1] for at in range(len(frame))]
        files = [replace(file, records={values(row["record"])[0]}) for row in rows]
        begun = time.perf_counter()
        identify(rows[0], short, files[0])
        report.first_ms = round(1000 * (time.perf_counter() - begun), 1)
        _timed(rows[:warm], files[:warm], short)
        rows, files = rows[warm:], files[warm:]
        short.brought.clear()
        cpu, of_java = time.process_time(), _cpu(java)
        spent, answers = _timed(rows, files, short)
        report.short_cpu_ms = round(1000 * (time.process_time() - cpu) / len(rows), 2)
        report.graph_cpu_ms = round(1000 * (_cpu(java) - of_java) / len(rows), 2)
        report.short, report.near = measure.times(spent), measure.times([count / 1000 for count in short.brought])
        report.first_tier = measure.times(
            [measure.timed(partial(match, row, plain, source=file.source, supplier=file.supplier)) for row in rows]
        )
        cpu = time.process_time()
        spent, others = _timed(rows[:both], files, long)
        report.kept_cpu_ms = round(1000 * (time.process_time() - cpu) / max(1, both), 1)
    report.kept = measure.times(spent) if spent else None
    report.compared, report.alike = len(others), sum(one == other for one, other in zip(answers, others, strict=False))
    report.methods = dict(Counter(how for one in answers for _, how, _, _ in one["matched"].values()))
    report.methods["asked"] = sum(len(one["asked"]) for one in answers)
    report.load_after = [round(load, 1) for load in psutil.getloadavg()]
    return report


def _cpu(process: psutil.Process | None) -> float:
    return 0.0 if process is None else measure.cpu_seconds(process.pid)


def _timed(
    rows: Iterable[pd.DataFrame], files: Iterable[File], state: SecondTier
) -> tuple[list[float], list[dict[str, Any]]]:
    spent, answers = [], []
    for row, file in zip(rows, files, strict=False):
        begun = time.perf_counter()
        found = identify(row, state, file)
        spent.append(time.perf_counter() - begun)
        answers.append(told(found))
    return spent, answers


def run(settings: Settings, children: int, *, records: int, both: int, warm: int, seed: int) -> Report:
    """Everything: the children, their graph if the home has none, the questions. The server is stopped at the end."""
    spent = (0.0, 0.0)
    try:
        if not (settings.home / "derived" / "who" / scale.FILE).exists():
            measure.apart(make_kept, settings.home, children, seed)
            measure.tell("the index is kept")
            with tempfile.TemporaryDirectory(prefix="signpost-one-", dir=settings.home) as folder:
                files = measure.apart(write_files, settings.home, Path(folder))
                measure.tell("the files are written")
                spent = make_graph(settings, files)
            measure.tell(f"imported in {spent[0]:.0f} s, indexed in {spent[1]:.0f} s")
        server.up(settings)
        report = ask(settings, children, records, both, warm, seed)
    finally:
        if server.running(settings) is not None:
            server.down(settings)
    report.imported_seconds, report.indexed_seconds = round(spent[0], 1), round(spent[1], 1)
    return report


def main(arguments: Iterable[str] | None = None) -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.one", description=__doc__)
    parser.add_argument("--children", type=int, default=100_000, metavar="N")
    parser.add_argument("--records", type=int, default=300, metavar="M", help="new records, one after another")
    parser.add_argument("--warm", type=int, default=0, metavar="W", help="so many others before, which are not counted")
    parser.add_argument("--both", type=int, default=10, metavar="K", help="of these so many the long way as well")
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help="keeps the graph there, or takes the one that is there"
    )
    parser.add_argument("--port", type=int, default=17687)
    parser.add_argument("--heap", type=int, default=2048, metavar="MIB")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    with tempfile.TemporaryDirectory(prefix="signpost-one-") as own:
        home = given.home or Path(own)
        home.mkdir(parents=True, exist_ok=True)
        settings = Settings(home=home, bolt_port=given.port, heap=given.heap * MIB, page_cache=2 * GIB)
        report = run(settings, given.children, records=given.records, both=given.both, warm=given.warm, seed=given.seed)
    print(json.dumps(asdict(report), indent=1))


if __name__ == "__main__":
    main()
