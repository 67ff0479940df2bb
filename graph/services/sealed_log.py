"""The sealed log beside the graph: leaves in a plain file, their Merkle tree, and signed checkpoints."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle.core import BaseMerkleTree
from pymerkle.proof import InvalidProof, verify_consistency

from graph.model.audit import GENESIS, Place, leaf_of
from graph.model.checkpoint import Checkpoint, Note, PublicKey, read_note, read_public_key
from graph.model.errors import Conflict, NotFound, Unreadable

_LEAF = len(leaf_of(0, Place()))
_LINE = _LEAF + 1
# Subtrees up to this are read at once: 5 MB.
_AT_ONCE = 2**16
_CACHE = 64 * 1024 * 1024


class _Tree(BaseMerkleTree):  # type: ignore[misc]
    """The tree of RFC 6962 over the leaves of a file, read anew by each tree."""

    def __init__(self, file: Path) -> None:
        """Opens the file when a leaf is asked for."""
        super().__init__("sha256", capacity=_CACHE)
        self._file = file

    def _encode_entry(self, data: bytes) -> bytes:
        return data

    def _store_leaf(self, data: bytes, digest: bytes) -> int:
        raise NotImplementedError("Leaves are added by SealedLog.append.")

    def _get_size(self) -> int:
        return self._file.stat().st_size // _LINE

    def _get_leaf(self, index: int) -> bytes:
        return self._get_leaves(index - 1, 1)[0]

    def _get_leaves(self, offset: int, width: int) -> list[bytes]:
        with self._file.open("rb") as file:
            file.seek(offset * _LINE)
            content = file.read(width * _LINE)
        return [self.hash_buff(content[at : at + _LEAF]) for at in range(0, len(content), _LINE)]

    def _get_subroot_uncached(self, offset: int, width: int) -> bytes:
        if width <= _AT_ONCE:
            found: bytes = super()._get_subroot_uncached(offset, width)
            return found
        half = width // 2
        pair: bytes = self.hash_pair(self._get_subroot(offset, half), self._get_subroot(offset + half, half))
        return pair


class SealedLog:
    """The folder of a sealed log: `leaves`, `checkpoint`, `checkpoints/SIZE` and `key.pub`."""

    def __init__(self, folder: Path) -> None:
        """Opens nothing yet."""
        self.folder = folder
        self.leaves = folder / "leaves"
        # The last one again, under a name that does not change: for whoever fetches copies.
        self.published = folder / "checkpoint"
        self.kept = folder / "checkpoints"
        self.key_file = folder / "key.pub"
        self._tree = _Tree(self.leaves)
        self._places: dict[int, Place] = {}
        self._known = 0

    @property
    def exists(self) -> bool:
        """Whether anything was ever sealed here."""
        return self.leaves.exists() or self.kept.exists() or self.published.exists()

    @property
    def size(self) -> int:
        """How many leaves there are, signed or not."""
        return self._tree._get_size() if self.leaves.exists() else 0

    def public_key(self) -> PublicKey:
        """The key that lies beside the log. Who must not trust this machine brings one of their own."""
        try:
            return read_public_key(self.key_file.read_text(encoding="ascii"))
        except (FileNotFoundError, UnicodeDecodeError) as error:
            raise NotFound(f"{self.key_file} is no public key. Make one with: python -m graph audit key.") from error

    def root(self, size: int) -> bytes:
        """The root of the tree of the first `size` leaves."""
        if size > self.size:
            raise Unreadable(f"The sealed log has {self.size} leaves, the checkpoint speaks of {size}.")
        if size == 0:
            return bytes(self._tree.hash_empty())
        return bytes(self._tree.get_root(size))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path of the leaf at `index` (from 0) in the tree of `size` leaves, as RFC 6962 has it."""
        return list(self._tree.prove_inclusion(index + 1, size).path[1:])

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof of RFC 6962 that the tree of `old` leaves only grew to `new`."""
        # The library's own proof has another form than the public one where the old tree is half of a larger.
        return [bytes(self._tree._get_root(start, end)) for start, end in _grown(old, 0, new, whole=True)]

    def check_grown(self, old: Checkpoint, new: Checkpoint) -> None:
        """Nothing if the tree of one checkpoint only grew into that of the other; Unreadable otherwise."""
        if old.size in (0, new.size):
            grown = old.size == 0 or old.root == new.root
        elif old.size > new.size:
            grown = False
        else:
            try:
                proof = self._tree.prove_consistency(old.size, new.size)
                verify_consistency(old.root, new.root, proof, old.size, new.size, "sha256")
                grown = True
            except InvalidProof:
                grown = False
        if not grown:
            raise Unreadable(f"The sealed log of {new.size} leaves does not follow its checkpoint of {old.size}.")

    def last(self, key: PublicKey) -> Checkpoint | None:
        """The last checkpoint, its signature and root verified; None if nothing was sealed yet."""
        notes = self.notes()
        return self.opened(notes[-1].read_bytes(), key) if notes else None

    def opened(self, note: bytes, key: PublicKey) -> Checkpoint:
        """The checkpoint of a note that this key signed and these leaves fit; Unreadable otherwise."""
        checkpoint = verified(note, key)
        if self.root(checkpoint.size) != checkpoint.root:
            raise Unreadable(f"The leaves do not fit the checkpoint of {checkpoint.size}: some were changed.")
        return checkpoint

    def notes(self) -> list[Path]:
        """The file of every checkpoint that is kept, the oldest first; its name is its size."""
        return sorted(self.kept.glob("[0-9]*"))

    def lines(self, first: int = 0) -> Iterator[tuple[int, Place]]:
        """Shard and place of each leaf from `first` on; Unreadable where a line is no leaf."""
        if not self.leaves.exists():
            return
        with self.leaves.open("rb") as file:
            file.seek(first * _LINE)
            number = first
            while line := file.read(_LINE):
                number += 1
                yield _read(line, number)

    def places(self) -> dict[int, Place]:
        """The last place of each chain in the log; Unreadable if a chain has a gap in it."""
        for shard, place in self.lines(self._known):
            if place.seq != self._places.get(shard, Place()).seq + 1:
                raise Unreadable(f"The sealed log has a gap before {shard}:{place.seq}.")
            self._places[shard] = place
            self._known += 1
        return dict(self._places)

    def indexes(self, wanted: set[bytes], size: int) -> dict[bytes, int]:
        """Where these leaves are among the first `size`, from 0; those that are not sealed are left out."""
        places = enumerate(leaf_of(*line) for line in islice(self.lines(), size))
        return {leaf: index for index, leaf in places if leaf in wanted}

    def append(self, leaves: list[bytes]) -> None:
        """Adds leaves and waits for the disk."""
        with self.leaves.open("ab") as file:
            file.writelines(leaf + b"\n" for leaf in leaves)
            _flush(file)

    def cut(self, size: int) -> None:
        """Takes away what lies after so many leaves: a line that was half written, or what was not signed."""
        if self.leaves.exists() and self.leaves.stat().st_size != size * _LINE:
            with self.leaves.open("r+b") as file:
                file.truncate(size * _LINE)
                _flush(file)
            # What was computed from the leaves that went holds no longer.
            self._tree.cache_clear()
            self._places, self._known = {}, 0

    def save(self, note: Note) -> None:
        """Keeps a checkpoint: under its size first, then as the last one. Each is there whole or not at all."""
        content = note.text.encode()
        kept = self.kept / f"{note.checkpoint.size:015d}"
        kept.parent.mkdir(exist_ok=True)
        if kept.exists() and kept.read_bytes() != content:
            raise Conflict(f"{kept} is another checkpoint of the same size. Nothing was signed.")
        _replace(kept, content)
        _replace(self.published, content)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else seals meanwhile; Conflict if somebody does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("wb") as file:
            try:
                flock(file, LOCK_EX | LOCK_NB)
            except BlockingIOError as error:
                raise Conflict("Another sealer is at work on this log. Stop one of them.") from error
            yield


def verified(note: bytes, key: PublicKey) -> Checkpoint:
    """The checkpoint of a note that this key signed; Unreadable otherwise."""
    try:
        read = read_note(note.decode())
    except UnicodeDecodeError as error:
        raise Unreadable("This is not a checkpoint of a sealed log.") from error
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(read.signature_by(key), read.checkpoint.body.encode())
    except InvalidSignature as error:
        raise Unreadable("The signature of the checkpoint does not fit what it says.") from error
    return read.checkpoint


def _grown(old: int, start: int, end: int, *, whole: bool) -> list[tuple[int, int]]:
    """The leaves of each subtree of SUBPROOF(old, D[start:end], whole) in RFC 6962, 2.1.2."""
    size = end - start
    if old == 0 or (old == size and whole):
        return []
    if old == size:
        return [(start, end)]
    half = 1 << (size - 1).bit_length() - 1
    if old <= half:
        return [*_grown(old, start, start + half, whole=whole), (start + half, end)]
    return [*_grown(old - half, start + half, end, whole=False), (start, start + half)]


def _read(line: bytes, number: int) -> tuple[int, Place]:
    try:
        key, coded = line.decode("ascii").removesuffix("\n").split(" ")
        shard, seq = key.split(":")
        found = int(shard), Place(int(seq), bytes.fromhex(coded))
    except ValueError as error:
        raise Unreadable(f"Leaf {number} of the sealed log cannot be read.") from error
    if leaf_of(*found) + b"\n" != line or len(found[1].hash) != len(GENESIS):
        raise Unreadable(f"Leaf {number} of the sealed log was changed.")
    return found


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.write(content)
        _flush(file)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
