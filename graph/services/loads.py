"""Runs of the loaders: begin, write in steps, publish; sweep away what was cut off; undo what was published."""

import os
import socket
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil

from graph.model.errors import Conflict, NotFound
from graph.services import audit
from graph.services.load_queries import (
    DELETE_RUN_FACTS,
    DELETE_RUN_PERSONS,
    DELETE_RUN_RECORDS,
    DELETE_THINGS,
    DELETE_WITHDRAWN,
    DROP_CARER_LABELS,
    DROP_CHILD_LABELS,
    FIND_LAST_RUN,
    FIND_STEP,
    FINISH_UNDO,
    FREE_PUBLICATION,
    HOLD_PUBLICATION,
    LIST_CONFIRMED,
    LIST_DECIDED_SHIELDS,
    LIST_JUDGEMENTS,
    LIST_LATER_FACTS,
    LIST_LATER_PROPOSALS,
    LIST_LATER_RUNS,
    LIST_PERSONS_OF_VERSIONS,
    LIST_RUN_RECORDS,
    LIST_RUN_THINGS,
    LIST_RUN_WITHDRAWN,
    LIST_RUNS,
    LIST_STATEMENTS,
    LIST_WAITING,
    OPEN_RUN_FACTS,
    OPEN_RUN_RECORDS,
    PUBLISH_RUN,
    SAVE_RUN,
    SEIZE_PUBLICATION,
    SHOW_PUBLICATION,
    SHOW_RUN,
    START_FEED,
    STOP_FEED,
    TAKE_PUBLICATION,
    UNCONFIRM_RECORDS,
    WITHDRAW_RUN,
    Publication,
    RunRow,
    WaitingRow,
)
from graph.store import Database, Query, Transaction

STEP = 2_000  # rows a transaction; architecture, rule 4, allows 5,000
Progress = Callable[[str, int, int], None]  # hears of a stage, how many rows are done, and of how many
_BUSY = "Another load is running. Wait until it has ended: python -m loaders runs."
_SILENCE = timedelta(minutes=5)  # a load on another machine that has said nothing for so long is dead


class Load:
    """A load that holds the graph: whatever it writes stays invisible until `publish`."""

    def __init__(self, db: Database, run: int, owner: str) -> None:
        """Made by `begin_load` only."""
        self.db = db
        self.run = run
        self._owner = owner

    def step(self, query: Query[Any], rows: Sequence[Any], *, run: int | None = None, **parameters: str) -> None:
        """Writes rows in transactions of at most STEP rows; each once, also after an unknown commit.

        They are of this run, or of another that is being taken back.
        """
        self.steps(rows, lambda tx, part: tx.write(query, rows=part, run=run or self.run, **parameters))

    def steps(
        self,
        rows: Sequence[Any],
        work: Callable[[Transaction, Sequence[Any]], Any],
        told: Callable[[int], None] = lambda rows: None,
    ) -> None:
        """Does `work` on at most STEP rows a transaction; `told` hears of how many after each."""
        for start in range(0, len(rows), STEP):
            part = rows[start : start + STEP]
            self._alone(lambda tx, part=part: work(tx, part))
            told(len(part))

    def together(
        self, first: Query[Any], first_rows: Sequence[Any], then: Query[Any], then_rows: Sequence[Any]
    ) -> None:
        """Writes rows of two kinds that must not be parted by a kill, at most STEP of the second a transaction."""
        self._alone(
            lambda tx: (tx.write(first, rows=first_rows, run=self.run), tx.write(then, rows=then_rows, run=self.run))
        )

    def act(self, record: Callable[..., Any], **about: Any) -> None:
        """Writes an audit event of a person's act in this load, under the hold of the load."""
        self._alone(lambda tx: record(tx, **about))

    def note(self, **properties: Any) -> None:
        """Keeps properties on the run's own node."""
        self._alone(lambda tx: tx.write(SAVE_RUN, run=self.run, properties=properties))

    def publish(self, **properties: Any) -> None:
        """Makes the run visible, whole and at once, and lets the next load in."""
        op_id = uuid.uuid4().hex
        self.db.transact(
            lambda tx: (
                self._held(tx, op_id)
                and tx.write(PUBLISH_RUN, owner=self._owner, run=self.run, properties=properties, op_id=op_id)
            ),
            op_id=op_id,
            resolve=FIND_STEP,
        )

    def withdraw(self, run: int, *, by: str) -> None:
        """Hides another run from readers, at once; who did it is in the audit. Conflict if a person stands on it."""

        def work(tx: Transaction) -> None:
            _refuse_if_stood_on(tx, run)
            tx.write(WITHDRAW_RUN, owner=self._owner, run=run)
            audit.record_act(tx, actor=by, action="undo run", fields=(f"run {run}",))

        self._alone(work)

    def finish_undo(self, run: int, outcome: str) -> None:
        """Notes that a run has been taken back whole, and lets the next load in."""
        op_id = uuid.uuid4().hex
        self.db.transact(
            lambda tx: tx.write(FINISH_UNDO, owner=self._owner, run=run, outcome=outcome, op_id=op_id),
            op_id=op_id,
            resolve=FIND_STEP,
        )

    def free(self) -> None:
        """Lets the next load in without publishing."""
        op_id = uuid.uuid4().hex
        self.db.transact(
            lambda tx: tx.write(FREE_PUBLICATION, owner=self._owner, op_id=op_id), op_id=op_id, resolve=FIND_STEP
        )

    def _alone(self, work: Any) -> None:
        op_id = uuid.uuid4().hex
        self.db.transact(lambda tx: (self._held(tx, op_id), work(tx)), op_id=op_id, resolve=FIND_STEP)

    def _held(self, tx: Transaction, op_id: str) -> bool:
        if tx.read_one(HOLD_PUBLICATION, owner=self._owner, op_id=op_id) is None:
            raise Conflict("Another load took over while this one was silent. Run it again.")
        return True


def show_publication(db: Database) -> Publication:
    """Up to which run the graph may be read."""
    found = db.read_one(SHOW_PUBLICATION)
    if found is None:
        raise Conflict("The graph has no migrations yet. Run: python -m graph migrate.")
    return found


def begin_load(db: Database, **properties: Any) -> Load:
    """A load under the next number, after what a killed one left has been swept away. Conflict if one is running."""
    recover(db)
    owner, op_id = _owner(), uuid.uuid4().hex
    taken = db.transact(
        lambda tx: tx.read_one(TAKE_PUBLICATION, owner=owner, op_id=op_id), op_id=op_id, resolve=FIND_STEP
    )
    if taken is None or taken.run is None:
        raise Conflict(_BUSY)
    load = Load(db, taken.run, owner)
    load.note(outcome="running", owner=owner, **properties)
    return load


def recover(db: Database) -> int | None:
    """The run of a killed load that was swept away, or whose undo was finished; None if there was none."""
    publication = show_publication(db)
    if publication.loading is None:
        return None
    if _alive(publication):
        raise Conflict(_BUSY)
    owner, op_id = _owner(), uuid.uuid4().hex
    seized = db.transact(
        lambda tx: tx.read_one(SEIZE_PUBLICATION, old_owner=publication.loading, owner=owner, op_id=op_id),
        op_id=op_id,
        resolve=FIND_STEP,
    )
    if seized is None or seized.run is None:
        raise Conflict(_BUSY)
    load = Load(db, seized.run, owner)
    for run in publication.withdrawn:
        take_back(load, run)
        load.finish_undo(run, "undone")
        return run
    sweep(load, "swept away")
    return seized.run


def sweep(load: Load, outcome: str, **properties: Any) -> None:
    """Takes away whatever an unpublished load wrote, notes the outcome, and lets the next load in."""
    take_back(load, load.run)
    load.note(outcome=outcome, **properties)
    load.free()


class _Counter:
    """How many rows have been taken back, of how many."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._done, self._total = progress, 0, total

    def more(self, rows: int) -> None:
        self._done += rows
        self._progress("take back", self._done, self._total)


def take_back(load: Load, run: int, progress: Progress = lambda stage, done, total: None) -> None:
    """Deletes what a run made and opens what it ended, in steps; it may be cut off and begun again at any point."""
    about = load.db.read_one(SHOW_RUN, run=run)
    versions = [{"record_version": row[0]} for row in load.db.stream(LIST_RUN_RECORDS, run=run)]
    told = _Counter(progress, total=3 * len(versions)).more
    load.steps(versions, lambda tx, part: tx.write(DELETE_RUN_FACTS, rows=part, run=run), told)
    load.steps(versions, lambda tx, part: tx.write(OPEN_RUN_FACTS, rows=part, run=run), told)
    load.steps(versions, lambda tx, part: _take_back_records(tx, part, run), told)
    if about and about.properties.get("kind") == "delta":
        scope = {"source": about.properties["feed"], "supplier": about.properties["supplier"]}
        said = [{"record_version": row[0]} for row in load.db.stream(LIST_CONFIRMED, run=run, **scope)]
        load.step(UNCONFIRM_RECORDS, said, run=run)
    load.step(DELETE_WITHDRAWN, [row[0] for row in load.db.stream(LIST_RUN_WITHDRAWN, run=run)], run=run)
    load.step(DELETE_THINGS, [{"thing": row[0]} for row in load.db.stream(LIST_RUN_THINGS, run=run)], run=run)


def _take_back_records(tx: Transaction, versions: Sequence[Any], run: int) -> None:
    """Records go together with the persons that only they made: a kill between the two would leave nobody's persons."""
    persons = [row.key for row in tx.read(LIST_PERSONS_OF_VERSIONS, rows=versions)]
    tx.write(DELETE_RUN_RECORDS, rows=versions, run=run)
    tx.write(OPEN_RUN_RECORDS, rows=versions, run=run)
    tx.write(DELETE_RUN_PERSONS, rows=persons, run=run)
    tx.write(DROP_CHILD_LABELS, rows=persons)
    tx.write(DROP_CARER_LABELS, rows=persons)


def switch_feed(db: Database, *, feed: str, stopped: bool, by: str) -> None:
    """Nothing: no file of the feed is loaded from now on, or files are loaded again. An audited act."""
    op_id = uuid.uuid4().hex

    def work(tx: Transaction) -> None:
        tx.write(STOP_FEED if stopped else START_FEED, feed=feed, by=by)
        audit.record_act(tx, actor=by, action="stop feed" if stopped else "start feed", fields=(feed,), op_id=op_id)

    db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)


def undo_run(
    db: Database, run: int, *, by: str = "os:unknown", progress: Progress = lambda stage, done, total: None
) -> dict[str, Any]:
    """What is known of the run, after it has been taken back exactly.

    Raises NotFound for an unknown run, and Conflict where it is not its feed's latest or where a later run, a judgement
    or a person has built on it: the message names them.
    """
    recover(db)
    about = show_run(db, run)
    if about.get("outcome") == "decided":
        raise Conflict(
            f"Run {run} is a person's decision ({about.get('file')}), and no file. "
            "A data manager takes it apart in Signpost."
        )
    if about.get("outcome") != "published":
        raise Conflict(f"Run {run} is {about.get('outcome')}; only a published run can be undone.")
    latest = db.read_one(FIND_LAST_RUN, feed=about["feed"], supplier=about["supplier"])
    if latest is None or latest.run != run:
        newer = latest.run if latest else "another"
        raise Conflict(
            f"Run {run} is not the latest of {about['feed']} from {about['supplier']}. Undo run {newer} first."
        )
    progress("look", 0, 0)
    _refuse_if_built_on(db, run)
    load = begin_load(db, feed="undo", supplier="signpost", kind="undo", undoes=run)
    try:
        load.withdraw(run, by=by)
    except Conflict as error:
        load.note(outcome="refused", error=str(error)[:300])
        load.free()
        raise
    take_back(load, run, progress)
    load.note(outcome="done")
    load.finish_undo(run, "undone")
    return about


def _refuse_if_built_on(db: Database, run: int) -> None:
    versions = [{"record_version": row[0]} for row in db.stream(LIST_RUN_RECORDS, run=run)]
    later: dict[int, int] = {}
    for start in range(0, len(versions), STEP):
        part = versions[start : start + STEP]
        for query in (LIST_LATER_RUNS, LIST_LATER_PROPOSALS):
            for number, subjects in db.stream(query, rows=part, run=run):
                later[number] = later.get(number, 0) + subjects
        decided = db.read(LIST_DECIDED_SHIELDS, rows=part, run=run)
        if decided:
            names = ", ".join(row.shield_id for row in decided)
            raise Conflict(
                f"Run {run} cannot be undone: a person has decided shield {names} on a child that it brought."
            )
    for number, subjects in db.stream(LIST_LATER_FACTS, run=run):
        later[number] = later.get(number, 0) + subjects
    if later:
        listed = ", ".join(f"run {number} ({subjects:,} of the same)" for number, subjects in sorted(later.items()))
        raise Conflict(
            f"Run {run} cannot be undone: {listed} has built on it. Undo the later runs first, newest first."
        )


def _refuse_if_stood_on(tx: Transaction, run: int) -> None:
    """Refuses where a person has said something that rests on this run; nobody can say so meanwhile."""
    judged = tx.read(LIST_JUDGEMENTS, run=run)
    if judged:
        names = ", ".join(row.key for row in judged)
        raise Conflict(
            f"Run {run} cannot be undone: data managers have decided (judgements {names}) on children of whom it told "
            "them. Load a file that puts right what is wrong."
        )
    found = tx.read(LIST_STATEMENTS, run=run)
    if found:
        names = ", ".join(row.key for row in found)
        raise Conflict(
            f"Run {run} cannot be undone: practitioners have recorded involvements (records {names}) with children, "
            "services or colleagues that it brought. Load a file that puts right what is wrong."
        )


def list_waiting(db: Database, limit: int = 1000) -> list[WaitingRow]:
    """The rows that wait in quarantine, oldest first."""
    return db.read(LIST_WAITING, limit=limit)


def is_published(db: Database, run: int) -> bool:
    """Whether readers may see this run now."""
    found = db.read_one(SHOW_RUN, run=run)
    return found is not None and found.properties.get("outcome") == "published"


def list_runs(db: Database, limit: int = 50) -> list[RunRow]:
    """The newest runs, newest first."""
    return db.read(LIST_RUNS, limit=limit)


def show_run(db: Database, run: int) -> dict[str, Any]:
    """All that is known of one run. Raises NotFound."""
    found = db.read_one(SHOW_RUN, run=run)
    if found is None:
        raise NotFound(f"There is no run {run}. List them with: python -m loaders runs.")
    return found.properties


def _owner() -> str:
    me = psutil.Process()
    return f"{socket.gethostname()}:{os.getpid()}:{me.create_time():.2f}:{uuid.uuid4().hex[:8]}"


def _alive(publication: Publication) -> bool:
    """Whether the load that holds the graph still lives: by its process here, else by how lately it wrote."""
    host, pid, created, _ = (publication.loading or "").rsplit(":", 3)
    if host == socket.gethostname():
        try:
            return abs(psutil.Process(int(pid)).create_time() - float(created)) < 1
        except psutil.NoSuchProcess:
            return False
    beat = datetime.fromisoformat((publication.beat_at or "1970-01-01T00:00:00Z").replace("Z", "+00:00"))
    return datetime.now(UTC) - beat < _SILENCE
