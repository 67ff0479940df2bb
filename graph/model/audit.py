"""Audit events: their exact bytes, how they are chained, and how a chain is verified (security.md 3.3)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

VERSION = 1
SHARDS = 16
DOMAIN = b"signpost/audit/v1"
GENESIS = bytes(32)


@dataclass(frozen=True)
class AuditEvent:
    """What happened, who did it, why, and exactly what was shown: plain texts and whole numbers only."""

    op_id: str
    at: int  # milliseconds since 1970, UTC
    actor: str
    action: str
    decision: str  # allowed or denied
    rule: str
    policy: str
    salt: str
    organisation: str | None = None
    role: str | None = None
    session: str | None = None
    purpose: str | None = None
    case_reference: str | None = None
    child_refs: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    count: int = 0
    request_id: str | None = None
    shard: int = 0
    seq: int = 0
    v: int = VERSION


@dataclass(frozen=True)
class StoredEvent:
    """An event as the graph holds it: the exact bytes, the links of the chain, and the copies to search by."""

    key: str
    op_id: str
    shard: int
    seq: int
    at: int
    actor: str
    action: str
    decision: str
    child_refs: tuple[str, ...]
    content: bytes
    prev: bytes
    hash: bytes


def shard_of(actor: str) -> int:
    """The chain to which this actor's events go."""
    return hashlib.sha256(actor.encode()).digest()[0] % SHARDS


def canonical_bytes(event: AuditEvent) -> bytes:
    """The one way in which an event is written: sorted keys, no spaces, UTF-8 as it is, no fractions."""
    content = {field.name: getattr(event, field.name) for field in fields(event)}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def link_hash(prev: bytes, content: bytes) -> bytes:
    """The hash that binds an event to everything before it in its chain."""
    return hashlib.sha256(b"\x00" + DOMAIN + prev + content).digest()


def chained(event: AuditEvent, *, shard: int, last_seq: int, prev: bytes) -> StoredEvent:
    """The event in its place at the end of a chain."""
    placed = replace(event, shard=shard, seq=last_seq + 1)
    content = canonical_bytes(placed)
    return StoredEvent(
        key=f"{shard}:{placed.seq}",
        op_id=placed.op_id,
        shard=shard,
        seq=placed.seq,
        at=placed.at,
        actor=placed.actor,
        action=placed.action,
        decision=placed.decision,
        child_refs=placed.child_refs,
        content=content,
        prev=prev,
        hash=link_hash(prev, content),
    )


@dataclass(frozen=True)
class Place:
    """A place in a chain: how many events are up to it, and the hash of the last of them."""

    seq: int = 0
    hash: bytes = GENESIS


def leaf_of(shard: int, place: Place) -> bytes:
    """The line that stands for an event in the sealed log: the key with leading zeros, a space, the hash in hex.

    It is as long for every event, so that the log is read by position, and says nothing of anybody.
    """
    return f"{shard:02d}:{place.seq:015d} {place.hash.hex()}".encode()


def verify_chain(
    events: Iterable[StoredEvent],
    *,
    seq: int,
    head: bytes,
    after: Place = Place(),
) -> list[str]:
    """What is wrong with a chain `after` a place that is known, in sentences; none if every link and copy agree."""
    faults: list[str] = []
    prev, last = after.hash, after.seq
    for event in events:
        faults += _faults_of(event, prev=prev, expected=last + 1)
        prev, last = event.hash, event.seq
    if (last, prev) != (seq, head):
        faults.append(f"The chain ends at {last}, its head says {seq}: events are missing, or the head was changed.")
    return faults


def _faults_of(event: StoredEvent, *, prev: bytes, expected: int) -> list[str]:
    faults = []
    if event.seq != expected:
        faults.append(f"{event.key} stands where {event.shard}:{expected} should be.")
    if event.prev != prev:
        faults.append(f"{event.key} does not follow the event before it.")
    if event.hash != link_hash(event.prev, event.content):
        faults.append(f"{event.key} was changed: its hash does not fit its bytes.")
    elif not _copies_agree(event):
        faults.append(f"{event.key} has a searchable copy that differs from its bytes.")
    return faults


def _copies_agree(event: StoredEvent) -> bool:
    said = json.loads(event.content)
    copied = ("op_id", "shard", "seq", "at", "actor", "action", "decision")
    return (
        all(said.get(name) == getattr(event, name) for name in copied)
        and tuple(said.get("child_refs", ())) == event.child_refs
        and event.key == f"{event.shard}:{event.seq}"
    )
