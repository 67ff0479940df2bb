"""Checkpoints of the sealed audit log: C2SP tlog-checkpoint, a signed note with an Ed25519 signature."""

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass

from graph.model.errors import Unreadable

# The signature type of Ed25519 in c2sp.org/signed-note.
_ED25519 = b"\x01"
_DASH = "—"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
# An origin that is a key's name as well: c2sp.org/signed-note forbids spaces and plus signs in those.
_NAME = re.compile(r"[!-*,-~]{1,200}", re.ASCII)
_DIGEST, _SIGNATURE, _ID = 32, 64, 4


@dataclass(frozen=True)
class Checkpoint:
    """How many leaves the log had, and the root of their Merkle tree (RFC 6962)."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """What is signed: origin, size and root, a line each."""
        return f"{self.origin}\n{self.size}\n{_text(self.root)}\n"


@dataclass(frozen=True)
class PublicKey:
    """A key by which checkpoints are verified, under the name of its log."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:_ID]

    @property
    def text(self) -> str:
        """The key as it is handed out: name, id and key between plus signs (a `vkey`)."""
        return f"{self.name}+{self.id.hex()}+{_text(_ED25519 + self.key)}"


@dataclass(frozen=True)
class Note:
    """A checkpoint with its signatures, each by the name and id of a key."""

    checkpoint: Checkpoint
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @property
    def text(self) -> str:
        """The note as it lies in a file."""
        lines = [f"{_DASH} {name} {_text(key + signature)}\n" for name, key, signature in self.signatures]
        return f"{self.checkpoint.body}\n{''.join(lines)}"

    def signature_by(self, key: PublicKey) -> bytes:
        """The signature of this key, not yet verified; Unreadable if there is none or the log is another one."""
        found = [each for name, id_, each in self.signatures if (name, id_) == (key.name, key.id)]
        if len(found) != 1 or self.checkpoint.origin != key.name:
            raise Unreadable(f"The checkpoint is not signed with the key {key.name}+{key.id.hex()}.")
        return found[0]


def signed_note(checkpoint: Checkpoint, key: PublicKey, signature: bytes) -> Note:
    """The checkpoint with one signature."""
    return Note(checkpoint, ((key.name, key.id, signature),))


def read_note(text: str) -> Note:
    """The checkpoint of a note; Unreadable unless it is written in the one way in which we would write it."""
    try:
        body, _, rest = text.partition("\n\n")
        origin, size, root = body.split("\n")
        lines = [line.split(" ") for line in rest.removesuffix("\n").split("\n")]
        signatures = tuple((name, *_split(b64decode(both, validate=True))) for _dash, name, both in lines)
        whole = _SIZE.fullmatch(size) and _NAME.fullmatch(origin)
        note = Note(Checkpoint(origin, int(size), b64decode(root, validate=True)), signatures)
    except (ValueError, Base64Error) as error:
        raise Unreadable("This is not a checkpoint of a sealed log.") from error
    # Base 64 has spare bits, and numbers have leading zeros: one checkpoint must have one form.
    if not whole or note.text != text or len(note.checkpoint.root) != _DIGEST:
        raise Unreadable("This checkpoint is not written as a checkpoint is.")
    return note


def read_public_key(text: str) -> PublicKey:
    """The key of a `vkey`; Unreadable if it is none, or its id does not fit."""
    try:
        name, _id, coded = text.strip().split("+", 2)
        kind_and_key = b64decode(coded, validate=True)
    except (ValueError, Base64Error) as error:
        raise Unreadable(
            "This is not a key of a sealed log. It has a name, an id and a key between + signs."
        ) from error
    key = PublicKey(name, kind_and_key[1:])
    if kind_and_key[:1] != _ED25519 or len(key.key) != _DIGEST or key.text != text.strip() or not is_name(name):
        raise Unreadable("This key of a sealed log is damaged: its id does not fit.")
    return key


def is_name(text: str) -> bool:
    """Whether a log may be called so: visible ASCII without spaces and plus signs."""
    return _NAME.fullmatch(text) is not None


def _split(both: bytes) -> tuple[bytes, bytes]:
    if len(both) != _ID + _SIGNATURE:
        raise ValueError("a signature has 64 bytes, after 4 of its key")
    return both[:_ID], both[_ID:]


def _text(content: bytes) -> str:
    return b64encode(content).decode("ascii")
