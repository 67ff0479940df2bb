"""The record of who saw and did what: events are added to chains in the transaction of the act itself."""

import getpass
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.model import clock
from graph.model.audit import GENESIS, AuditEvent, StoredEvent, chained, shard_of, verify_chain
from graph.model.errors import NotFound, ProgrammeError, Unrecorded
from graph.model.visibility import POLICY
from graph.store import Database, Query, Transaction

_BATCH = 1_000


@dataclass(frozen=True)
class Head:
    """Where a chain ends."""

    shard: int
    seq: int
    hash: bytes


@dataclass(frozen=True)
class Key:
    """The place of one event."""

    key: str


@dataclass(frozen=True)
class Stray:
    """An event that may stand in no chain."""

    key: str
    shard: int
    seq: int


LOCK_HEAD = Query("audit/lock_head", Head)
RECORD_EVENT = Query("audit/record_event", Key)
SHOW_OPERATION = Query("audit/show_operation", Key)
LIST_HEADS = Query("audit/list_heads", Head)
LIST_EVENTS = Query("audit/list_events", StoredEvent)
LIST_STRAY = Query("audit/list_stray", Stray)


def new_event(actor: str, action: str, *, decision: str = "allowed", rule: str = "own act") -> AuditEvent:
    """A new event of now with an operation's id and salt of its own; make it outside the function that is retried."""
    return AuditEvent(
        op_id=secrets.token_hex(16),
        at=clock.milliseconds(clock.now()),
        actor=actor,
        action=action,
        decision=decision,
        rule=rule,
        policy=POLICY,
        salt=secrets.token_hex(32),
    )


def append(tx: Transaction, event: AuditEvent) -> StoredEvent:
    """The event at the end of its actor's chain. Call it last: after its lock no other may be taken."""
    head = tx.read_one(LOCK_HEAD, shard=shard_of(event.actor), op_id=event.op_id, genesis=GENESIS)
    if head is None:
        raise ProgrammeError("The end of an audit chain could not be locked, so nothing was done.")
    return append_after(tx, event, head)


def append_after(tx: Transaction, event: AuditEvent, head: Head) -> StoredEvent:
    """The event after a head that this transaction has locked already."""
    stored = chained(event, shard=head.shard, last_seq=head.seq, prev=head.hash)
    written = tx.write(
        RECORD_EVENT,
        key=stored.key,
        op_id=stored.op_id,
        shard=stored.shard,
        seq=stored.seq,
        at=stored.at,
        actor=stored.actor,
        action=stored.action,
        decision=stored.decision,
        child_refs=list(stored.child_refs),
        content=stored.content,
        prev=stored.prev,
        hash=stored.hash,
    )
    if [row.key for row in written] != [stored.key]:
        raise Unrecorded(
            f"Audit event {stored.key} was not written, so nothing was done. Run: python -m graph audit verify"
        )
    return stored


def record_act(
    tx: Transaction,
    *,
    actor: str,
    action: str,
    child_refs: tuple[str, ...] = (),
    fields: tuple[str, ...] = (),
    count: int = 0,
    op_id: str | None = None,
) -> StoredEvent:
    """The event of an act at the command line or by the system, in the act's own transaction, as its last step.

    Give the `op_id` of the transaction, made outside it, so that a commit of unknown outcome can be asked about.
    """
    made = new_event(actor, action)
    event = AuditEvent(
        op_id=op_id or made.op_id,
        at=made.at,
        actor=actor,
        action=action,
        decision=made.decision,
        rule="command line",
        policy=POLICY,
        salt=made.salt,
        child_refs=child_refs,
        fields=fields,
        count=count,
    )
    return append(tx, event)


def record_listing(
    db: Database, action: str, *, child_refs: tuple[str, ...] = (), fields: tuple[str, ...] = (), count: int
) -> None:
    """Nothing, once it is in the audit that this was listed or handed out at the command line. Call it before that."""
    op_id = secrets.token_hex(16)

    def work(tx: Transaction) -> None:
        actor = command_line_actor()
        record_act(tx, actor=actor, action=action, child_refs=child_refs, fields=fields, count=count, op_id=op_id)

    db.transact(work, op_id=op_id, resolve=SHOW_OPERATION)


def command_line_actor() -> str:
    """Who types a command on this machine: `os:<login>`."""
    return f"os:{getpass.getuser()}"


def verify_log(db: Database) -> list[str]:
    """What is wrong with any chain by itself, in sentences; none if all of them hold."""
    faults: list[str] = []
    for head in db.read(LIST_HEADS):
        faults += verify_chain(walk(db, head.shard, 1, head.seq), seq=head.seq, head=head.hash)
    return faults


def list_strays(db: Database) -> list[str]:
    """The keys of events that stand in no chain; none in a graph that only Signpost has written."""
    found = db.read(LIST_STRAY)
    # A chain may have grown between an event's row and its head's: who stands after the end is looked at again.
    ends = {head.shard: head.seq for head in db.read(LIST_HEADS)} if found else {}
    return [
        row.key for row in found if not (0 < row.seq <= ends.get(row.shard, 0) and row.key == f"{row.shard}:{row.seq}")
    ]


def list_events_named(db: Database, keys: Sequence[str]) -> list[StoredEvent]:
    """The events of these keys, in their order; NotFound names the first that is not there."""
    found = []
    for key in keys:
        shard, _, seq = key.partition(":")
        whole = shard.isdecimal() and seq.isdecimal()
        rows = list(walk(db, int(shard), int(seq), int(seq))) if whole else []
        if not rows:
            raise NotFound(f"There is no audit event {key}. A key has the form 3:17.")
        found += rows
    return found


def walk(db: Database, shard: int, first: int, last: int) -> Iterator[StoredEvent]:
    """The events of one chain from one place to another, in order."""
    for start in range(first, last + 1, _BATCH):
        yield from db.read(LIST_EVENTS, shard=shard, first=start, last=min(start + _BATCH - 1, last))
