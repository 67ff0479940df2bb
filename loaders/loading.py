"""From a file to a published run: check, plan, write, settle, publish."""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from graph.model.errors import Conflict, NotFound
from graph.model.file_names import Name
from graph.services import load_queries, loads
from graph.store import Database
from loaders import areas
from loaders.check import Checked, check_file
from loaders.feed import Context, Feed
from loaders.kept import KeptIndex
from loaders.opened import fingerprint
from loaders.plan import Plan, Scope, plan_load
from loaders.rejects import delete_old
from loaders.state import GraphState
from loaders.write import settle_responsibility, write_plan

Tell = Callable[[str], None]
_PENDING = "pending-"


@dataclass
class Loaded:
    """What became of one file."""

    feed: str
    file: str
    outcome: str  # loaded, would load, already loaded, would not load, unknown feed, unreadable
    run: int | None = None
    rows: int = 0
    kept: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    rejects: str | None = None


@dataclass(frozen=True)
class Desk:
    """What a load needs beside the file: the graph, the folders of this machine, and how to tell what happens."""

    db: Database
    home: Path
    secret: bytes
    tell: Tell = lambda text: None
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None
    older: bool = False
    smaller: bool = False
    unusual: bool = False


def load_file(desk: Desk, feed: Feed, path: Path, name: Name) -> Loaded:
    """What became of the file. A known file changes nothing; a file that does not pass changes nothing.

    Raises Unreadable, Conflict (another load is running, an older file) or Unreachable; the graph is then as it was,
    but for shields that were proposed (decision 6).
    """
    result = Loaded(feed.name, path.name, "would not load")
    watch = stages(result)
    checked = _judged(desk, feed, path, name, result)
    if checked is None:
        return result
    load = loads.begin_load(desk.db, **about_run(feed, name, path, checked))
    result.run = load.run
    try:
        state = GraphState(desk.db, kept_index(desk, holding=True))
        plan = _planned(desk, feed, name, checked, load.run, state, watch)
        if stopped_by_gates(desk, plan, result):
            loads.sweep(load, "would not load", error=" ".join(result.errors)[:300])
            return result
        _write(desk, feed, name, checked, load, state, plan, watch)
        _publish(load, result, plan, watch, checked)
    except BaseException as error:
        # Ctrl-C included: whatever was written is taken back before the error goes on.
        loads.sweep(load, "interrupted" if isinstance(error, KeyboardInterrupt) else "failed", error=str(error)[:300])
        raise
    adopt_look_ups(desk)
    result.outcome = "loaded"
    return result


def try_file(desk: Desk, feed: Feed, path: Path, name: Name) -> Loaded:
    """What a load of the file would change, counted as it would be; nothing of it is written. Raises as a load does."""
    result = Loaded(feed.name, path.name, "would not load")
    checked = _judged(desk, feed, path, name, result)
    if checked is None:
        return result
    next_run = (loads.show_publication(desk.db).last_run or 0) + 1
    plan = _planned(desk, feed, name, checked, next_run, GraphState(desk.db, kept_index(desk)), stages(result))
    finish(result, plan, checked)
    result.outcome = "would not load" if stopped_by_gates(desk, plan, result) else "would load"
    return result


def kept_index(desk: Desk, *, holding: bool = False) -> KeptIndex:
    """The index of who is known that is kept in the home of this desk; `holding` says that this is a load."""
    return KeptIndex(desk.db, desk.home / "derived", holding=holding, progress=desk.progress)


def stopped_by_gates(desk: Desk, plan: Plan, result: Loaded) -> bool:
    """Whether the file is too strange to load, as the result then says. `--unusual` turns reasons into warnings."""
    if desk.unusual:
        result.warnings.extend(plan.errors)
        return False
    if plan.errors:
        result.errors.extend(plan.errors)
        result.errors.append("If the file is right all the same, load it with --unusual.")
    return bool(plan.errors)


def _judged(desk: Desk, feed: Feed, path: Path, name: Name, result: Loaded) -> Checked | None:
    """The checked file, once nothing stands against it; None if something does, or it is known: the result says so."""
    _refuse_stopped(desk.db, feed)
    loads.recover(desk.db)
    adopt_look_ups(desk)
    if _is_known(desk.db, path, result):
        return None
    with stages(result)("check"):
        checked = check_for(desk, feed, path, name)
    note_check(result, checked)
    last = desk.db.read_one(load_queries.FIND_LAST_RUN, feed=feed.name, supplier=name.supplier)
    result.errors.extend(_against_last(desk, feed, name, checked, last))
    return None if result.errors else checked


def _is_known(db: Database, path: Path, result: Loaded) -> bool:
    """Whether this very file was loaded and not taken back; the result then says what was said of it."""
    same = db.read_one(load_queries.FIND_SAME_FILE, sha256=fingerprint(path), feed=result.feed)
    if same is None or same.run is None:
        return False
    said = loads.show_run(db, same.run)
    result.outcome, result.run = "already loaded", same.run
    result.rows, result.kept = said["rows"], said["kept"]
    result.refused, result.skipped = json.loads(said["refused_by"]), json.loads(said["skipped_by"])
    return True


def context_for(home: Path, secret: bytes, name: Name) -> Context:
    """What tidying may know beside the file."""
    try:
        look_up = areas.open_areas(home / "derived").authority_of
    except NotFound:
        look_up = None
    return Context(name.supplier, pd.Timestamp(name.as_at), look_up, secret)


def check_for(desk: Desk, feed: Feed, path: Path, name: Name) -> Checked:
    """The file read, tidied and judged, its refused rows written where only their owner can read them."""
    delete_old(desk.home / "rejects", now=time.time())
    reading = _Reading(desk.progress)
    return check_file(
        feed,
        path,
        context=context_for(desk.home, desk.secret, name),
        name=name,
        rejects=desk.home / "rejects",
        progress=reading.rows,
        share=reading.share,
    )


class _Reading:
    """How many rows have been read, and about how many there are."""

    def __init__(self, progress: Callable[[str, int, int], None]) -> None:
        self._progress = progress
        self._done = 0

    def rows(self, rows: int) -> None:
        self._done = rows

    def share(self, share: float) -> None:
        self._progress("read", self._done, round(self._done / share) if share else 0)


def _write(
    desk: Desk,
    feed: Feed,
    name: Name,
    checked: Checked,
    load: loads.Load,
    state: GraphState,
    plan: Plan,
    watch: "_Watch",
) -> None:
    with watch("write"):
        write_plan(plan, load, desk.progress)
    desk.progress("settle", 0, 0)
    with watch("settle"):
        plan.counts["moved_authority"] = settle_responsibility(plan.touched, name.as_at, state, load)
    if feed.lookup:
        with watch("look-up"):
            save_look_up(desk, name, checked, load.run, sorted(state.authority_codes().values()))


def _planned(
    desk: Desk, feed: Feed, name: Name, checked: Checked, run: int, state: GraphState, watch: "_Watch"
) -> Plan:
    desk.progress("match", 0, 0)
    with watch("match"):
        return plan_load(
            checked.tidy,
            Scope(feed, name.supplier, name.as_at, name.full, run),
            state,
            refused_keys=checked.refused_keys,
            unknown_keys=checked.unknown_keys,
        )


def save_look_up(desk: Desk, name: Name, checked: Checked, run: int, authorities: Sequence[str]) -> None:
    """Builds the derived file of postcodes beside the one in use; `adopt_look_ups` puts it in its place."""
    assert checked.lookup is not None
    derived, pending = desk.home / "derived", desk.home / "derived" / f"{_PENDING}{run}"
    pending.mkdir(parents=True, mode=0o700)
    for file in derived.glob("*.parquet"):
        shutil.copy(file, pending)
    areas.build(pending, checked.lookup, full=name.full, version=str(run), authorities=authorities)


def adopt_look_ups(desk: Desk) -> None:
    """Puts each derived file in its place whose run is published, and throws away what a killed load left."""
    for pending in sorted((desk.home / "derived").glob(f"{_PENDING}*")):
        run = int(pending.name.removeprefix(_PENDING))
        if loads.is_published(desk.db, run):
            adopt_now(desk, run)
        else:
            shutil.rmtree(pending)


def adopt_now(desk: Desk, run: int) -> None:
    """Puts the derived file of a run in its place."""
    pending = desk.home / "derived" / f"{_PENDING}{run}"
    for file in pending.glob("*.parquet"):
        file.replace(desk.home / "derived" / file.name)
    shutil.rmtree(pending)


def _publish(load: loads.Load, result: Loaded, plan: Plan, watch: "_Watch", checked: Checked) -> None:
    finish(result, plan, checked)
    with watch("publish"):
        load.publish(**run_properties(result))


def finish(result: Loaded, plan: Plan, checked: Checked) -> None:
    """Takes into the result what planning found: refusals against the graph, counts, warnings."""
    for _, _, code in plan.refused:
        result.refused[code] = result.refused.get(code, 0) + 1
    result.kept -= len(plan.refused)
    result.counts = {name: count for name, count in sorted(plan.counts.items()) if count}
    result.warnings.extend(plan.warnings)


def run_properties(result: Loaded) -> dict[str, Any]:
    """What a run's node keeps of how it went."""
    return {
        "rows": result.rows,
        "kept": result.kept,
        "refused": sum(result.refused.values()),
        "skipped": sum(result.skipped.values()),
        "refused_by": json.dumps(result.refused, sort_keys=True),
        "skipped_by": json.dumps(result.skipped, sort_keys=True),
        "counts": json.dumps(result.counts, sort_keys=True),
        "warnings": result.warnings[:50],
        "seconds": json.dumps({stage: round(spent, 2) for stage, spent in result.seconds.items()}),
    }


def note_check(result: Loaded, checked: Checked) -> None:
    """Takes what the check found into the result."""
    result.rows, result.kept = checked.rows, checked.kept
    result.refused, result.skipped = dict(checked.refused), dict(checked.skipped)
    result.warnings, result.errors = list(checked.warnings), list(checked.errors)
    result.rejects = str(checked.rejects) if checked.rejects else None


def about_run(feed: Feed, name: Name, path: Path, checked: Checked) -> dict[str, Any]:
    """What a run's node says of the file it took."""
    return {
        "feed": feed.name,
        "title": feed.title,
        "supplier": name.supplier,
        "national": feed.national,
        "every_days": feed.every_days,
        "as_at": name.as_at,
        "kind": "full" if name.full else "delta",
        "file": path.name,
        "sha256": checked.sha256,
    }


def _against_last(desk: Desk, feed: Feed, name: Name, checked: Checked, last: load_queries.LastRun | None) -> list[str]:
    """Why this file should not follow the last of its feed and supplier."""
    if last is None:
        return []
    errors = []
    if name.as_at < last.as_at and not desk.older:
        errors.append(
            f"This file is as at {name.as_at}, older than run {last.run} of {last.as_at}. Load it with --older."
        )
    least = last.rows * (1 - feed.expect.shrink)
    if name.full and last.kind == "full" and checked.rows < least and not desk.smaller:
        errors.append(
            f"This file has {checked.rows:,} rows and the last full one had {last.rows:,}. "
            "A cut file would end what it leaves out. Load it with --smaller if it is whole."
        )
    return errors


def _refuse_stopped(db: Database, feed: Feed) -> None:
    stopped = db.read_one(load_queries.FIND_STOPPED_FEED, feed=feed.name)
    if stopped is not None:
        raise Conflict(
            f"The feed {feed.name} was stopped by {stopped.by}. Start it with: python -m loaders start {feed.name}."
        )


def stages(result: Loaded) -> "_Watch":
    """A watch that keeps how long each stage of a load took."""
    return _Watch(result.seconds)


class _Watch:
    """How long each stage took, in seconds."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self._seconds[stage] = self._seconds.get(stage, 0.0) + time.monotonic() - started
