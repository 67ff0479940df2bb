"""The first load of an empty graph: many files planned one after another, imported at once, tried, and then kept."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graph import server
from graph.model.errors import Conflict, SignpostError, Unreadable
from graph.model.file_names import Name
from graph.services import carry, load_queries, loads, shields
from graph.settings import Settings
from graph.store import Database
from loaders.bulk import ARRAY_DELIMITER, Group, TableState, write_tables
from loaders.loading import (
    Desk,
    Loaded,
    about_run,
    adopt_now,
    check_for,
    finish,
    note_check,
    run_properties,
    save_look_up,
    stages,
    stopped_by_gates,
)
from loaders.plan import Scope, plan_load
from loaders.registry import FEEDS

File = tuple[Path, Name]


@dataclass
class _Taken:
    """A file that is in the tables, with what its run's node will say."""

    result: Loaded
    properties: dict[str, object]


def load_first(settings: Settings, desk: Desk, files: Sequence[File]) -> list[Loaded]:
    """What became of each file. The first file of each feed and supplier only; the graph must hold nobody.

    The old store is kept until the new one has been started and counted; whatever fails, the old one is put back.
    """
    if settings.external is not None:
        raise Conflict(
            "A first load stops the server and writes its store. NEO4J_URI names one elsewhere: leave out --first."
        )
    carry.refuse_unless_empty(desk.db)
    publication = loads.show_publication(desk.db)
    state = TableState(shields.list_guards(desk.db))
    taken, results = _take_all(desk, files, state, after=publication.last_run or 0)
    if not taken:
        return results
    folder = settings.home / "first-load"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        nodes, relationships = write_tables(state.tables, folder)
        baggage = carry.pack(desk.db)
        desk.db.close()
        _replace(settings, desk, nodes, relationships, state, taken, baggage)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return results


def _take_all(desk: Desk, files: Sequence[File], state: TableState, after: int) -> tuple[list[_Taken], list[Loaded]]:
    taken: list[_Taken] = []
    results: list[Loaded] = []
    run = after
    for path, name in files:
        result = Loaded(name.feed, path.name, "would not load")
        results.append(result)
        try:
            properties = _take(desk, path, name, state, run + 1, result)
        except Unreadable as error:
            result.outcome, result.errors = "unreadable", [str(error)]
            desk.tell(f"{path.name}: {error}")
            continue
        if properties is not None:
            run += 1
            taken.append(_Taken(result, properties))
    return taken, results


def _take(desk: Desk, path: Path, name: Name, state: TableState, run: int, result: Loaded) -> dict[str, object] | None:
    feed, watch = FEEDS[name.feed], stages(result)
    with watch("check"):
        checked = check_for(desk, feed, path, name)
    note_check(result, checked)
    if result.errors:
        return None
    with watch("match"):
        plan = plan_load(
            checked.tidy,
            Scope(feed, name.supplier, name.as_at, name.full, run),
            state,
            refused_keys=checked.refused_keys,
            unknown_keys=checked.unknown_keys,
        )
    if stopped_by_gates(desk, plan, result):
        return None
    with watch("write"):
        plan.counts["moved_authority"] = state.take(plan)
    if feed.lookup:
        # The files that follow need the look-up now. A first load that fails leaves it; the next one builds it anew.
        save_look_up(desk, name, checked, run, sorted(state.authority_codes().values()))
        adopt_now(desk, run)
    finish(result, plan, checked)
    result.outcome, result.run = "loaded", run
    desk.tell(f"{path.name}: {result.kept:,} rows taken")
    return about_run(feed, name, path, checked) | run_properties(result)


def _replace(
    settings: Settings,
    desk: Desk,
    nodes: Sequence[Group],
    relationships: Sequence[Group],
    state: TableState,
    taken: Sequence[_Taken],
    baggage: carry.Baggage,
) -> None:
    """Imports the tables in the place of the store, tries the new graph, and keeps it or puts the old one back."""
    server.down(settings, desk.tell)
    server.set_aside(settings)
    try:
        started = time.monotonic()
        report = server.import_database(
            settings,
            nodes=[server.ImportFiles((group.path,)) for group in nodes],
            relationships=[server.ImportFiles((group.path,)) for group in relationships],
            extra=[f"--array-delimiter={ARRAY_DELIMITER}", "--ignore-empty-strings=true"],
        )
        spent = time.monotonic() - started
        desk.tell(f"Imported {report.nodes:,} nodes and {report.relationships:,} relationships in {spent:.0f} s.")
        server.up(settings, desk.tell, trial=True)
        _finish_graph(settings, state, taken, baggage)
    except BaseException:
        _back(settings, desk)
        raise
    server.drop_aside(settings)


def _back(settings: Settings, desk: Desk) -> None:
    desk.tell("The first load failed. The graph from before it is put back.")
    if server.running(settings) is not None:
        server.down(settings, desk.tell)
    server.put_back(settings)
    server.up(settings, desk.tell)


def _finish_graph(settings: Settings, state: TableState, taken: Sequence[_Taken], baggage: carry.Baggage) -> None:
    """Gives the new graph its schema, its runs, shields and quarantine, and counts what is there."""
    at = server.connection(settings)
    tables = state.tables
    with Database(at.uri, at.user, at.password, timeout=3600) as db:
        last = max(one.result.run or 0 for one in taken)
        carry.unpack(db, baggage, last)
        for one in taken:
            db.write(load_queries.SAVE_RUN, run=one.result.run, properties=one.properties | {"outcome": "published"})
        for shield, person, properties in tables.shields:
            db.write(shields.SAVE_SHIELD, shield_id=shield, person_id=person, properties=properties)
        for shield, person, properties in tables.held:
            db.write(shields.SAVE_HELD, shield_id=shield, person_id=person, properties=properties)
        db.write(shields.ATTACH_SHIELDS, rows=tables.attached)
        for start in range(0, len(tables.withdrawn), loads.STEP):
            db.write(load_queries.CREATE_WITHDRAWN, rows=tables.withdrawn[start : start + loads.STEP])
        db.write(load_queries.CREATE_QUARANTINED, rows=[{"properties": row} for row in tables.quarantined])
        _prove(db, state)


def _prove(db: Database, state: TableState) -> None:
    tables, there = state.tables, carry.count_graph(db)
    wanted = {
        "persons": len(tables.person_runs),
        "records": sum(len(frame) for frame in tables.records) + len(tables.quarantined),
        "facts": sum(int((frame["type"] != "IN_AREA").sum()) for frame in tables.facts),
        "proposals": len(tables.proposals),
    }
    for what, count in wanted.items():
        if getattr(there, what) != count:
            raise SignpostError(
                f"The import wrote {getattr(there, what):,} {what}; the tables hold {count:,}. It is not kept."
            )
