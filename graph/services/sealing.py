"""The sealer: verifies what is new in the chains, adds it to the sealed log and signs; and who verifies that."""

import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from graph.model.audit import GENESIS, Place, StoredEvent, leaf_of, verify_chain
from graph.model.checkpoint import Checkpoint, PublicKey, is_name, signed_note
from graph.model.errors import Conflict, NotFound, Refused, SignpostError, Unreadable
from graph.services.audit import LIST_HEADS, Head, list_strays, walk
from graph.services.sealed_log import SealedLog
from graph.store import Database

_BATCH = 10_000
_PRIVATE = "PRIVATE+KEY+"
# How many faults are named; after the first, others mostly follow from it.
_NAMED = 20


@dataclass(frozen=True)
class Sealed:
    """What a sealer signed: how many events were new, and the checkpoint."""

    new: int
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Verified:
    """What came of verifying: sentences of what is wrong, and how far the log is sealed (None: nothing ever was)."""

    faults: tuple[str, ...]
    events: int
    sealed: int | None


class Signer:
    """The private key of a sealed log, read from its file and kept nowhere else."""

    def __init__(self, key: Ed25519PrivateKey, name: str) -> None:
        """Keeps the key for this process."""
        self._key = key
        self.public = PublicKey(name, key.public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """The signature over a checkpoint."""
        return self._key.sign(checkpoint.body.encode())


def make_key(path: Path, log: SealedLog, name: str) -> PublicKey:
    """The public half of a new key, which lies beside the log; the private half is in `path`, mode 0600.

    Raises Conflict if there is a key already: a log has one, and who verifies knows it.
    """
    if not is_name(name):
        raise Refused(f"{name!r} cannot be the name of a log. Use something like signpost.example/audit, no spaces.")
    if path.exists() or log.key_file.exists():
        raise Conflict(f"There is a key already in {path} or {log.key_file}. A log keeps the key that it began with.")
    key = Ed25519PrivateKey.generate()
    signer = Signer(key, name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = f"{_PRIVATE}{name}+{signer.public.id.hex()}+{b64encode(bytes([1]) + key.private_bytes_raw()).decode()}\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    log.folder.mkdir(parents=True, exist_ok=True)
    log.key_file.write_text(signer.public.text + "\n", encoding="ascii")
    return signer.public


def read_key(path: Path) -> Signer:
    """The key of this file; Refused if others can read it, NotFound or Unreadable if it is none."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise NotFound(f"There is no key in {path}. Make one with: python -m graph audit key.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read as a key. Run this as the user whose key it is.") from error
    if mode & 0o077:
        raise Refused(f"Others can read {path}. It must be its owner's alone (mode 0600).")
    try:
        if not text.startswith(_PRIVATE):
            raise ValueError("a public key, or none")
        name, key_id, coded = text.removeprefix(_PRIVATE).split("+", 2)
        kind_and_seed = b64decode(coded, validate=True)
        signer = Signer(Ed25519PrivateKey.from_private_bytes(kind_and_seed[1:]), name)
    except (ValueError, Base64Error) as error:
        raise Unreadable(f"{path} holds no key that signs checkpoints.") from error
    if key_id != signer.public.id.hex():
        raise Unreadable(f"The key in {path} is damaged: its id does not fit.")
    return signer


def seal(db: Database, log: SealedLog, signer: Signer) -> Sealed:
    """What was sealed now. Refused, naming the first event that is wrong; then nothing was signed.

    The new links are verified from where the log ends, not from what the graph says of itself; the leaves are read
    back from the disk, and the new tree is proven to follow the last checkpoint, before anything is signed.
    """
    with log.alone():
        start = log.size
        log.cut(start)
        before = log.last(signer.public)
        signed = before.size if before else 0
        try:
            _stop_at(_unsigned_faults(db, log, signed))
            new = _add_new(db, log, log.places())
            checkpoint = Checkpoint(signer.public.name, log.size, log.root(log.size))
            if before is not None:
                log.check_grown(before, checkpoint)
        except SignpostError:
            log.cut(start)
            raise
        note = signed_note(checkpoint, signer.public, signer.sign(checkpoint))
        log.save(note)
        log.last(signer.public)
        return Sealed(new + start - signed, checkpoint)


def _unsigned_faults(db: Database, log: SealedLog, signed: int) -> list[str]:
    """What is wrong with leaves that a sealer wrote and did not live to sign."""
    found = ((shard, place, list(walk(db, shard, place.seq, place.seq))) for shard, place in log.lines(signed))
    return [
        _rewritten(shard, place.seq) for shard, place, events in found if [each.hash for each in events] != [place.hash]
    ]


def _add_new(db: Database, log: SealedLog, places: dict[int, Place]) -> int:
    """How many leaves were added, shard by shard and in order within each; Refused at the first thing that is wrong."""
    heads = db.read(LIST_HEADS)
    _stop_at([_gone(shard, 1) for shard in sorted(places.keys() - {head.shard for head in heads})])
    added = 0
    for head in heads:
        place = places.get(head.shard, Place())
        _stop_at(_turned_back(db, head, place))
        while place.seq < head.seq:
            last = min(place.seq + _BATCH, head.seq)
            events = list(walk(db, head.shard, place.seq + 1, last))
            end = Place(last, head.hash if last == head.seq else events[-1].hash if events else place.hash)
            _stop_at(verify_chain(events, seq=end.seq, head=end.hash, after=place))
            leaves = [leaf_of(event.shard, Place(event.seq, event.hash)) for event in events]
            at = log.size
            log.append(leaves)
            if [leaf_of(*line) for line in log.lines(at)] != leaves:
                raise Unreadable(f"What was written to {log.leaves} is not what it holds. Look at that disk.")
            place, added = end, added + len(leaves)
    return added


def _turned_back(db: Database, head: Head, place: Place) -> list[str]:
    """What is wrong with the end of a chain as it was sealed; nothing, mostly."""
    if head.seq < place.seq:
        return [_gone(head.shard, head.seq + 1)]
    if place.seq == 0:
        return []
    found = [event.hash for event in walk(db, head.shard, place.seq, place.seq)]
    return [] if found == [place.hash] else [_rewritten(head.shard, place.seq)]


def _stop_at(faults: Sequence[str]) -> None:
    if faults:
        raise Refused(f"Nothing was signed. {faults[0]}")


def verify(
    db: Database, log: SealedLog, *, key: PublicKey | None = None, copies: Iterable[bytes] = (), strict: bool = False
) -> Verified:
    """Whether every chain holds, and agrees with every checkpoint and with those copies of some that others keep.

    The log is read before the graph, so that what is written meanwhile is no fault.
    """
    faults: list[str] = []
    sealed: dict[int, list[bytes]] = {}
    if log.exists or strict:
        size = log.size
        faults += checkpoint_faults(log, key, copies)
        sealed = sealed_hashes(log, size, faults)
    heads = db.read(LIST_HEADS)
    faults += faults_against(sealed, heads, lambda head: walk(db, head.shard, 1, head.seq))
    faults += [f"{stray} stands outside its chain: it was put in." for stray in list_strays(db)]
    number = sum(len(hashes) for hashes in sealed.values())
    return Verified(tuple(faults[:_NAMED]), sum(head.seq for head in heads), number if log.exists else None)


def faults_against(
    sealed: Mapping[int, Sequence[bytes]], heads: Sequence[Head], events_of: Callable[[Head], Iterable[StoredEvent]]
) -> list[str]:
    """What is wrong with chains beside the hashes that were sealed of each, in sentences; none if all is as it was."""
    faults: list[str] = []
    ends = {head.shard: head for head in heads}
    for shard in sorted(sealed.keys() | ends.keys()):
        head = ends.get(shard, Head(shard, 0, GENESIS))
        hashes = sealed.get(shard, [])
        faults += verify_chain(_compared(events_of(head), shard, hashes, faults), seq=head.seq, head=head.hash)
        if head.seq < len(hashes):
            faults.append(_gone(shard, head.seq + 1))
    return faults


def _compared(
    events: Iterable[StoredEvent], shard: int, hashes: Sequence[bytes], faults: list[str]
) -> Iterator[StoredEvent]:
    """The same events; the first that is not as it was sealed becomes a fault, since what follows it differs too."""
    same = True
    for place, event in enumerate(events):
        if same and place < len(hashes) and event.hash != hashes[place]:
            faults.append(_rewritten(shard, place + 1))
            same = False
        yield event


def checkpoint_faults(log: SealedLog, key: PublicKey | None = None, copies: Iterable[bytes] = ()) -> list[str]:
    """What is wrong with the checkpoints beside the leaves, in sentences; none if every one of them holds."""
    faults = []
    # Who seals meanwhile publishes what is in the list already: so the list is read after what is published.
    published = log.published.read_bytes() if log.published.exists() else b""
    notes = log.notes()
    if not notes:
        return [f"Nothing is sealed in {log.folder}."]
    try:
        key = key or log.public_key()
        last = log.opened(notes[-1].read_bytes(), key)
    except SignpostError as error:
        return [f"The last checkpoint does not hold. {error}"]
    for file in (*notes, log.published):
        try:
            found = log.opened(published if file == log.published else file.read_bytes(), key)
            if found.size > last.size or file.name not in (log.published.name, f"{found.size:015d}"):
                faults.append(f"The checkpoint {file.name} is of {found.size} leaves: checkpoints were exchanged.")
        except (SignpostError, OSError) as error:
            faults.append(f"The checkpoint {file.name} does not hold. {error}")
    for number, note in enumerate(copies, 1):
        try:
            log.check_grown(log.opened(note, key), last)
        except SignpostError as error:
            faults.append(f"The copy {number} of a checkpoint does not hold. {error}")
    return faults


def sealed_hashes(log: SealedLog, size: int, faults: list[str]) -> dict[int, list[bytes]]:
    """The hashes of each chain in the first `size` leaves, up to one that cannot be read; faults are added."""
    found: dict[int, list[bytes]] = {}
    try:
        for shard, place in islice(log.lines(), size):
            hashes = found.setdefault(shard, [])
            if place.seq != len(hashes) + 1:
                faults.append(f"The sealed log has {shard}:{place.seq} where {shard}:{len(hashes) + 1} should be.")
            hashes.append(place.hash)
    except Unreadable as error:
        faults.append(str(error))
    return found


def _gone(shard: int, seq: int) -> str:
    return f"{shard}:{seq} is sealed and is not in the graph: events were taken out, or an older graph was put back."


def _rewritten(shard: int, seq: int) -> str:
    return f"{shard}:{seq} is not the event that was sealed: the chain was written anew."


def exported(log: SealedLog, events: Sequence[StoredEvent], since: bytes | None = None) -> dict[str, object]:
    """The events with what anybody needs to verify them (`graph/verifier`), as JSON; Refused if one is not sealed yet.

    With an earlier checkpoint, also the proof that the log has only grown since.
    """
    key = log.public_key()
    notes = log.notes()
    if not notes:
        raise Refused("Nothing is sealed yet. Run: python -m graph audit seal.")
    # Once: what is sealed meanwhile is in the next export.
    note = notes[-1].read_bytes()
    last = log.opened(note, key)
    leaves = [leaf_of(event.shard, Place(event.seq, event.hash)) for event in events]
    found = log.indexes(set(leaves), last.size)
    waiting = [event.key for event, leaf in zip(events, leaves, strict=True) if leaf not in found]
    if waiting:
        raise Refused(
            f"{len(waiting)} of these events are not sealed, {waiting[0]} first. Run: python -m graph audit seal."
        )
    before = None if since is None else log.opened(since, key)
    return {
        "format": "signpost-audit-export-v1",
        "checkpoint": note.decode(),
        "consistency": {
            str(each.size): [step.hex() for step in log.consistency(each.size, last.size)] for each in (before,) if each
        },
        "events": [
            {
                "content": b64encode(event.content).decode(),
                "prev": event.prev.hex(),
                "index": found[leaf],
                "path": [step.hex() for step in log.inclusion(found[leaf], last.size)],
            }
            for event, leaf in zip(events, leaves, strict=True)
        ],
    }
