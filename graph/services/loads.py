"""Runs of the loaders: begin, write in steps, publish; sweep away what was cut off; undo what was published."""

import os
import socket
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import NoneType
from typing import Any

import psutil

from graph.model.errors import Conflict, NotFound
from graph.services import audit
from graph.store import Database, Query, Transaction

STEP = 2_000  # rows a transaction; architecture, rule 4, allows 5,000
_SILENCE = timedelta(minutes=5)  # a load on another machine that has said nothing for so long is dead


@dataclass(frozen=True)
class Publication:
    """Up to which run the graph may be read, which are being taken back, and which load holds it."""

    published: int
    withdrawn: list[int]
    last_run: int | None
    loading: str | None
    loading_run: int | None
    beat_at: str | None


@dataclass(frozen=True)
class RunNumber:
    """The number of a run."""

    run: int | None


@dataclass(frozen=True)
class Held:
    """Who holds the graph for loading."""

    loading: str


@dataclass(frozen=True)
class Step:
    """A step that took effect."""

    op_id: str


@dataclass(frozen=True)
class RunRow:
    """One run in a list."""

    run: int
    feed: str | None
    supplier: str | None
    kind: str | None
    as_at: str | None
    outcome: str | None
    file: str | None
    rows: int | None
    kept: int | None
    refused: int | None
    skipped: int | None
    started_at: str | None


@dataclass(frozen=True)
class RunProperties:
    """All that is known of one run."""

    properties: dict[str, Any]


@dataclass(frozen=True)
class LastRun:
    """The latest published run of a feed and supplier."""

    run: int
    kind: str
    rows: int
    as_at: date


@dataclass(frozen=True)
class Version:
    """One version of a record."""

    record_version: str


@dataclass(frozen=True)
class Later:
    """A later run and how many subjects it shares."""

    run: int
    subjects: int


@dataclass(frozen=True)
class Thing:
    """An identity node that nothing uses."""

    thing: str


@dataclass(frozen=True)
class Decided:
    """A shield that a person decided."""

    shield_id: str


@dataclass(frozen=True)
class Key:
    """An identity key."""

    key: str


@dataclass(frozen=True)
class AuthorityCode:
    """The two codes of an authority."""

    dfe_code: str
    gss_code: str


@dataclass(frozen=True)
class NumberedSchool:
    """A school's number in its authority, and its identity key."""

    number: str
    key: str


@dataclass(frozen=True)
class ServiceKind:
    """A service and its kind."""

    key: str
    kind: str | None


@dataclass(frozen=True)
class ScopeRow:
    """An open record of a scope."""

    record: str
    version: int
    content_hash: str
    key: str
    subject: str


@dataclass(frozen=True)
class KnownRow:
    """A version of a record."""

    record: str
    version: int
    content_hash: str
    key: str
    subject: str
    open: bool


@dataclass(frozen=True)
class PersonOf:
    """A record and the person it identifies."""

    record: str
    person_id: str


@dataclass(frozen=True)
class Holder:
    """A record that holds a number, and its person."""

    number: str
    person_id: str
    record: str
    subject: str
    forename: str | None
    date_of_birth: str | None


@dataclass(frozen=True)
class Candidate:
    """A record that may be about the same person, and its person."""

    person_id: str
    record: str
    forename: str | None
    preferred_forename: str | None
    family_name: str | None
    preferred_family_name: str | None
    former_family_name: str | None
    other_names: list[str] | None
    date_of_birth: str | None
    postcode: str | None
    former_postcodes: list[str] | None


@dataclass(frozen=True)
class Numbers:
    """What the open records of a person say that matching asks."""

    person_id: str
    nhs_numbers: list[str]
    upns: list[str]
    multiple_birth: bool
    forenames: list[str]


@dataclass(frozen=True)
class Labels:
    """As what a person is known."""

    person_id: str
    is_child: bool
    is_carer: bool


@dataclass(frozen=True)
class OpenFact:
    """An open fact of a record."""

    record: str
    subject_id: str
    fact_id: str
    type: str
    target_id: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class Whereabouts:
    """What decides which authority is responsible for a child."""

    person_id: str
    homes: list[list[Any]]
    schools: list[list[Any]]
    responsible: list[list[Any]]


@dataclass(frozen=True)
class WaitingRow:
    """A row in quarantine, in a list: where it came from and why it waits, never what it says."""

    record_version: str
    feed: str
    supplier: str
    run: int
    line: int | None
    reason: str
    shields: list[str]


@dataclass(frozen=True)
class Waiting:
    """A row in quarantine, whole."""

    feed: str
    supplier: str
    payload: str
    record: str


@dataclass(frozen=True)
class Stopped:
    """Who stopped a feed."""

    by: str


FIND_STOPPED_FEED = Query("loads/find_stopped_feed", Stopped)
STOP_FEED = Query("loads/stop_feed", NoneType)
START_FEED = Query("loads/start_feed", NoneType)
SHOW_PUBLICATION = Query("loads/show_publication", Publication)
TAKE_PUBLICATION = Query("loads/take_publication", RunNumber)
SEIZE_PUBLICATION = Query("loads/seize_publication", RunNumber)
HOLD_PUBLICATION = Query("loads/hold_publication", Held)
FREE_PUBLICATION = Query("loads/free_publication", NoneType)
FIND_STEP = Query("loads/find_step", Step)
SAVE_RUN = Query("loads/save_run", NoneType)
PUBLISH_RUN = Query("loads/publish_run", NoneType)
WITHDRAW_RUN = Query("loads/withdraw_run", NoneType)
FINISH_UNDO = Query("loads/finish_undo", NoneType)
LIST_RUNS = Query("loads/list_runs", RunRow)
SHOW_RUN = Query("loads/show_run", RunProperties)
FIND_SAME_FILE = Query("loads/find_same_file", RunNumber)
FIND_LAST_RUN = Query("loads/find_last_run", LastRun)

LIST_SCOPE = Query("loads/list_scope", ScopeRow)
LIST_KNOWN = Query("loads/list_known", KnownRow)
LIST_WAITING = Query("loads/list_waiting", WaitingRow)
SHOW_WAITING = Query("loads/show_waiting", Waiting)
LIST_QUARANTINED = Query("loads/list_quarantined", Key)
LIST_PERSONS_OF = Query("loads/list_persons_of", PersonOf)
FIND_BY_NHS_NUMBER = Query("loads/find_by_nhs_number", Holder)
FIND_BY_UPN = Query("loads/find_by_upn", Holder)
FIND_BY_LOCAL_ID = Query("loads/find_by_local_id", Holder)
FIND_BY_FAMILY_NAME = Query("loads/find_by_family_name", Candidate)
FIND_BY_POSTCODE = Query("loads/find_by_postcode", Candidate)
LIST_LABELS = Query("loads/list_labels", Labels)
LIST_NUMBERS = Query("loads/list_numbers", Numbers)
LIST_EXISTING_ADDRESSES = Query("loads/list_existing_addresses", Key)
LIST_EXISTING_SERVICES = Query("loads/list_existing_services", Key)
LIST_EXISTING_PRACTITIONERS = Query("loads/list_existing_practitioners", Key)
LIST_EXISTING_AUTHORITIES = Query("loads/list_existing_authorities", Key)
LIST_AUTHORITY_CODES = Query("loads/list_authority_codes", AuthorityCode)
LIST_SCHOOLS_NUMBERED = Query("loads/list_schools_numbered", NumberedSchool)
LIST_SERVICE_KINDS = Query("loads/list_service_kinds", ServiceKind)
LIST_PERSON_FACTS = Query("loads/list_person_facts", OpenFact)
LIST_SERVICE_FACTS = Query("loads/list_service_facts", OpenFact)
LIST_PRACTITIONER_FACTS = Query("loads/list_practitioner_facts", OpenFact)
LIST_WHEREABOUTS = Query("loads/list_whereabouts", Whereabouts)

SAVE_ADDRESSES = Query("loads/save_addresses", NoneType)
SAVE_SERVICES = Query("loads/save_services", NoneType)
SAVE_SCHOOLS = Query("loads/save_schools", NoneType)
SAVE_PRACTICES = Query("loads/save_practices", NoneType)
SAVE_PRACTITIONERS = Query("loads/save_practitioners", NoneType)
SAVE_AUTHORITIES = Query("loads/save_authorities", NoneType)
CREATE_PERSONS = Query("loads/create_persons", NoneType)
ADD_LABELS = Query("loads/add_labels", NoneType)
CREATE_PERSON_RECORDS = Query("loads/create_person_records", NoneType)
CREATE_SERVICE_RECORDS = Query("loads/create_service_records", NoneType)
CREATE_PRACTITIONER_RECORDS = Query("loads/create_practitioner_records", NoneType)
CREATE_AUTHORITY_RECORDS = Query("loads/create_authority_records", NoneType)
CREATE_QUARANTINED = Query("loads/create_quarantined", NoneType)
END_RECORDS = Query("loads/end_records", NoneType)
CONFIRM_RECORDS = Query("loads/confirm_records", NoneType)
CREATE_CARED_FOR_BY = Query("loads/create_cared_for_by", NoneType)
CREATE_LIVES_AT = Query("loads/create_lives_at", NoneType)
CREATE_ATTENDS = Query("loads/create_attends", NoneType)
CREATE_REGISTERED_WITH = Query("loads/create_registered_with", NoneType)
CREATE_INVOLVES = Query("loads/create_involves", NoneType)
CREATE_SEEN_BY = Query("loads/create_seen_by", NoneType)
CREATE_WORKS_FOR = Query("loads/create_works_for", NoneType)
CREATE_IN_AREA = Query("loads/create_in_area", NoneType)
CREATE_RESPONSIBILITY_OF = Query("loads/create_responsibility_of", NoneType)
END_PERSON_FACTS = Query("loads/end_person_facts", NoneType)
END_SERVICE_FACTS = Query("loads/end_service_facts", NoneType)
END_PRACTITIONER_FACTS = Query("loads/end_practitioner_facts", NoneType)

LIST_RUN_RECORDS = Query("loads/list_run_records", Version)
DELETE_RUN_FACTS = Query("loads/delete_run_facts", NoneType)
OPEN_RUN_FACTS = Query("loads/open_run_facts", NoneType)
LIST_PERSONS_OF_VERSIONS = Query("loads/list_persons_of_versions", Key)
DELETE_RUN_RECORDS = Query("loads/delete_run_records", NoneType)
OPEN_RUN_RECORDS = Query("loads/open_run_records", NoneType)
DELETE_RUN_PERSONS = Query("loads/delete_run_persons", NoneType)
DROP_CHILD_LABELS = Query("loads/drop_child_labels", NoneType)
DROP_CARER_LABELS = Query("loads/drop_carer_labels", NoneType)
LIST_CONFIRMED = Query("loads/list_confirmed", Version)
UNCONFIRM_RECORDS = Query("loads/unconfirm_records", NoneType)
LIST_RUN_THINGS = Query("loads/list_run_things", Thing)
DELETE_THINGS = Query("loads/delete_things", NoneType)
LIST_LATER_RUNS = Query("loads/list_later_runs", Later)
LIST_LATER_FACTS = Query("loads/list_later_facts", Later)
LIST_DECIDED_SHIELDS = Query("loads/list_decided_shields", Decided)

FACT_WRITERS: dict[str, Query[Any]] = {
    "CARED_FOR_BY": CREATE_CARED_FOR_BY,
    "LIVES_AT": CREATE_LIVES_AT,
    "ATTENDS": CREATE_ATTENDS,
    "REGISTERED_WITH": CREATE_REGISTERED_WITH,
    "INVOLVES": CREATE_INVOLVES,
    "SEEN_BY": CREATE_SEEN_BY,
    "WORKS_FOR": CREATE_WORKS_FOR,
    "IN_AREA": CREATE_IN_AREA,
    "RESPONSIBILITY_OF": CREATE_RESPONSIBILITY_OF,
}


class Load:
    """A load that holds the graph: whatever it writes stays invisible until `publish`."""

    def __init__(self, db: Database, run: int, owner: str) -> None:
        """Made by `begin_load` only."""
        self.db = db
        self.run = run
        self._owner = owner

    def step(self, query: Query[Any], rows: Sequence[Any], **parameters: Any) -> None:
        """Writes rows in transactions of at most STEP rows; each once, also after an unknown commit."""
        for start in range(0, len(rows), STEP):
            part = rows[start : start + STEP]
            self._alone(lambda tx, part=part: tx.write(query, rows=part, run=self.run, **parameters))

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
        """Hides another run from readers, at once; who did it is in the audit."""
        self._alone(
            lambda tx: (
                tx.write(WITHDRAW_RUN, owner=self._owner, run=run),
                audit.record_act(tx, actor=by, action="undo run", fields=(f"run {run}",)),
            )
        )

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
        raise Conflict("Another load is running. Wait until it has ended: python -m loaders runs.")
    load = Load(db, taken.run, owner)
    load.note(outcome="running", owner=owner, **properties)
    return load


def recover(db: Database) -> int | None:
    """The run of a killed load that was swept away, or whose undo was finished; None if there was none."""
    publication = show_publication(db)
    if publication.loading is None:
        return None
    if _alive(publication):
        raise Conflict("Another load is running. Wait until it has ended: python -m loaders runs.")
    owner, op_id = _owner(), uuid.uuid4().hex
    seized = db.transact(
        lambda tx: tx.read_one(SEIZE_PUBLICATION, old_owner=publication.loading, owner=owner, op_id=op_id),
        op_id=op_id,
        resolve=FIND_STEP,
    )
    if seized is None or seized.run is None:
        raise Conflict("Another load is running. Wait until it has ended: python -m loaders runs.")
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


def take_back(load: Load, run: int) -> None:
    """Deletes what a run made and opens what it ended, in steps; it may be cut off and begun again at any point."""
    about = load.db.read_one(SHOW_RUN, run=run)
    versions = [{"record_version": row[0]} for row in load.db.stream(LIST_RUN_RECORDS, run=run)]
    _steps(load, DELETE_RUN_FACTS, versions, run)
    _steps(load, OPEN_RUN_FACTS, versions, run)
    for start in range(0, len(versions), STEP):
        part = versions[start : start + STEP]
        load._alone(lambda tx, part=part: _take_back_records(tx, part, run))
    if about and about.properties.get("kind") == "delta":
        scope = {"source": about.properties["feed"], "supplier": about.properties["supplier"]}
        said = [{"record_version": row[0]} for row in load.db.stream(LIST_CONFIRMED, run=run, **scope)]
        _steps(load, UNCONFIRM_RECORDS, said, run)
    _steps(load, DELETE_THINGS, [{"thing": row[0]} for row in load.db.stream(LIST_RUN_THINGS, run=run)], run)


def _take_back_records(tx: Transaction, versions: Sequence[Any], run: int) -> None:
    """Records go together with the persons that only they made: a kill between the two would leave nobody's persons."""
    persons = [row.key for row in tx.read(LIST_PERSONS_OF_VERSIONS, rows=versions)]
    tx.write(DELETE_RUN_RECORDS, rows=versions, run=run)
    tx.write(OPEN_RUN_RECORDS, rows=versions, run=run)
    tx.write(DELETE_RUN_PERSONS, rows=persons, run=run)
    tx.write(DROP_CHILD_LABELS, rows=persons)
    tx.write(DROP_CARER_LABELS, rows=persons)


def _steps(load: Load, query: Query[Any], rows: Sequence[Any], run: int) -> None:
    for start in range(0, len(rows), STEP):
        part = rows[start : start + STEP]
        load._alone(lambda tx, part=part: tx.write(query, rows=part, run=run))


def switch_feed(db: Database, *, feed: str, stopped: bool, by: str) -> None:
    """Nothing: no file of the feed is loaded from now on, or files are loaded again. An audited act."""
    op_id = uuid.uuid4().hex

    def work(tx: Transaction) -> None:
        tx.write(STOP_FEED if stopped else START_FEED, feed=feed, by=by)
        audit.record_act(tx, actor=by, action="stop feed" if stopped else "start feed", fields=(feed,), op_id=op_id)

    db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)


def undo_run(db: Database, run: int, *, by: str = "os:unknown") -> dict[str, Any]:
    """What is known of the run, after it has been taken back exactly.

    Raises NotFound for an unknown run, and Conflict where it is not its feed's latest or where a later run, a judgement
    or a person has built on it: the message names them.
    """
    recover(db)
    found = db.read_one(SHOW_RUN, run=run)
    if found is None:
        raise NotFound(f"There is no run {run}. List them with: python -m loaders runs.")
    about = found.properties
    if about.get("outcome") != "published":
        raise Conflict(f"Run {run} is {about.get('outcome')}; only a published run can be undone.")
    latest = db.read_one(FIND_LAST_RUN, feed=about["feed"], supplier=about["supplier"])
    if latest is None or latest.run != run:
        newer = latest.run if latest else "another"
        raise Conflict(
            f"Run {run} is not the latest of {about['feed']} from {about['supplier']}. Undo run {newer} first."
        )
    _refuse_if_built_on(db, run)
    load = begin_load(db, feed="undo", supplier="signpost", kind="undo", undoes=run)
    load.withdraw(run, by=by)
    take_back(load, run)
    load.note(outcome="done")
    load.finish_undo(run, "undone")
    return about


def _refuse_if_built_on(db: Database, run: int) -> None:
    versions = [{"record_version": row[0]} for row in db.stream(LIST_RUN_RECORDS, run=run)]
    later: dict[int, int] = {}
    for start in range(0, len(versions), STEP):
        part = versions[start : start + STEP]
        for number, subjects in db.stream(LIST_LATER_RUNS, rows=part, run=run):
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
