"""Verifies audit events that Signpost has exported. One file, Python 3.9 or newer, nothing else.

    python verify_audit.py EXPORT.json --key KEY [--since CHECKPOINT] [--list]

KEY is the public key of the log, as published (`name+id+key`). Take it from somebody whom you trust, not from whoever
gave you the export. CHECKPOINT is a file with an earlier checkpoint that you kept: then it is also shown that nothing
before it was changed or taken out. Exit code 0: everything holds; 1: the first thing that does not is named.

What is checked, each by its public definition: the note and its Ed25519 signature (c2sp.org/tlog-checkpoint,
c2sp.org/signed-note, RFC 8032), the Merkle tree (RFC 6962), and the link of each event: SHA-256 over a zero byte,
`signpost/audit/v1`, the hash of the event before it, and the event's exact bytes.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
from datetime import datetime, timezone

FORMAT = "signpost-audit-export-v1"
DOMAIN = b"signpost/audit/v1"
DASH = "\u2014"


class Wrong(Exception):
    """Something does not hold; the message says what."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_inclusion(index: int, size: int, leaf: bytes, path: "list[bytes]") -> bytes:
    """The root to which a leaf's hash and its path lead (RFC 9162, 2.1.3.2); `index` counts from 0."""
    if not 0 <= index < size:
        raise Wrong("The place of the leaf is not in the tree.")
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise Wrong("The path is too long.")
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    if last:
        raise Wrong("The path is too short.")
    return found


def check_consistency(old: "tuple[int, bytes]", new: "tuple[int, bytes]", path: "list[bytes]") -> None:
    """Nothing if the tree of the one size and root only grew into the other (RFC 9162, 2.1.4.2)."""
    (old_size, old_root), (new_size, new_root) = old, new
    if not 0 < old_size <= new_size:
        raise Wrong("The earlier checkpoint has more leaves than the later one.")
    if old_size == new_size:
        if path or old_root != new_root:
            raise Wrong("Two checkpoints of one size have two roots.")
        return
    was, now = _roots_of_consistency(old, new_size, path)
    if was != old_root or now != new_root:
        raise Wrong("The log has not only grown since the earlier checkpoint.")


def _roots_of_consistency(old: "tuple[int, bytes]", new_size: int, path: "list[bytes]") -> "tuple[bytes, bytes]":
    steps = [old[1], *path] if old[0] & (old[0] - 1) == 0 else list(path)
    if not steps:
        raise Wrong("The proof that the log only grew is empty.")
    place, last = old[0] - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise Wrong("The proof that the log only grew is too long.")
        if place & 1 or place == last:
            was, now = node_hash(step, was), node_hash(step, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = node_hash(now, step)
        place, last = place >> 1, last >> 1
    if last:
        raise Wrong("The proof that the log only grew is too short.")
    return was, now


# Ed25519 as RFC 8032 defines it. It is slow (milliseconds) and only verifies, so it keeps no secret.
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Y = 4 * pow(5, _P - 2, _P) % _P


def _x_of(y: int, sign: int) -> int:
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        raise Wrong("The key or the signature is no point of the curve.")
    return _P - x if x & 1 != sign else x


def _point(x: int, y: int) -> "tuple[int, int, int, int]":
    return x, y, 1, x * y % _P


def _add(a: "tuple[int, int, int, int]", b: "tuple[int, int, int, int]") -> "tuple[int, int, int, int]":
    first, second = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    third, fourth = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = second - first, fourth - third, fourth + third, second + first
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(number: int, point: "tuple[int, int, int, int]") -> "tuple[int, int, int, int]":
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _add(found, point)
        point, number = _add(point, point), number >> 1
    return found


def _unpacked(packed: bytes) -> "tuple[int, int, int, int]":
    y, sign = int.from_bytes(packed, "little") & ((1 << 255) - 1), packed[31] >> 7
    if y >= _P:
        raise Wrong("The key or the signature is not written as RFC 8032 has it.")
    return _point(_x_of(y, sign), y)


def check_signature(public: bytes, message: bytes, signature: bytes) -> None:
    """Nothing if this Ed25519 key has signed this message (RFC 8032, 5.1.7, without the cofactor)."""
    if len(public) != 32 or len(signature) != 64:
        raise Wrong("The key or the signature has a wrong length.")
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= _L:
        raise Wrong("The signature is not written as RFC 8032 has it.")
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(hashed, "little") % _L
    left = _times(scalar, _point(_x_of(_Y, 0), _Y))
    right = _add(_unpacked(signature[:32]), _times(challenge, _unpacked(public)))
    if (left[0] * right[2] - right[0] * left[2]) % _P or (left[1] * right[2] - right[1] * left[2]) % _P:
        raise Wrong("The signature is not by this key over this checkpoint.")


def _decoded(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Wrong("A value is not base 64.") from None
    if base64.b64encode(found).decode() != text:
        raise Wrong("A value is not written in base 64 as it should be.")
    return found


def read_key(text: str) -> "tuple[str, bytes, bytes]":
    """Name, id and key of a public key as published."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise Wrong("The key is not of the form name+id+key.")
    name, coded = parts[0], _decoded(parts[2])
    expected = hashlib.sha256(name.encode() + b"\n" + coded).digest()[:4]
    if coded[:1] != b"\x01" or len(coded) != 33 or parts[1] != expected.hex():
        raise Wrong("The key is damaged: its id does not fit.")
    return name, expected, coded[1:]


def open_checkpoint(note: str, key: str) -> "tuple[int, bytes]":
    """Size and root of a checkpoint, once the signature of this key has been verified."""
    name, key_id, public = read_key(key)
    body, gap, signatures = note.partition("\n\n")
    lines = body.split("\n")
    if not gap or len(lines) != 3 or lines[0] != name or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise Wrong("This is not a checkpoint of " + name + ".")
    root = _decoded(lines[2])
    for line in signatures.splitlines():
        parts = line.split(" ")
        if len(parts) == 3 and parts[:2] == [DASH, name]:
            both = _decoded(parts[2])
            if both[:4] == key_id and len(root) == 32:
                check_signature(public, (body + "\n").encode(), both[4:])
                return int(lines[1]), root
    raise Wrong("The checkpoint is not signed with this key.")


def check_event(event: "dict[str, object]", size: int, root: bytes) -> "dict[str, object]":
    """What an event says, once it is shown to be in the log."""
    try:
        content = _decoded(str(event["content"]))
        said = json.loads(content)
        key = "%d:%d" % (said["shard"], said["seq"])
        link = hashlib.sha256(b"\x00" + DOMAIN + bytes.fromhex(str(event["prev"])) + content).hexdigest()
        leaf = "%02d:%015d %s" % (said["shard"], said["seq"], link)
        index, steps = int(str(event["index"])), event["path"]
        path = [bytes.fromhex(step) for step in steps] if isinstance(steps, list) else []
    except (KeyError, TypeError, ValueError) as error:
        raise Wrong("An event of the export cannot be read: %r." % (error,)) from None
    if root_of_inclusion(index, size, leaf_hash(leaf.encode()), path) != root:
        raise Wrong("Event " + key + " is not in the log as it stands in the export.")
    return dict(said)


def verify(export: "dict[str, object]", key: str, since: "str | None" = None) -> "list[dict[str, object]]":
    """What the events of an export say, once everything holds; raises Wrong at the first thing that does not."""
    if export.get("format") != FORMAT:
        raise Wrong("This is not an export of audit events of a form that I know.")
    size, root = open_checkpoint(str(export["checkpoint"]), key)
    if since is not None:
        proofs = export.get("consistency")
        before = open_checkpoint(since, key)
        path = proofs.get(str(before[0])) if isinstance(proofs, dict) else None
        if not isinstance(path, list):
            raise Wrong("The export has no proof from your checkpoint. Ask for one with --since.")
        check_consistency(before, (size, root), [bytes.fromhex(step) for step in path])
    events = export.get("events")
    if not isinstance(events, list):
        raise Wrong("The export has no list of events.")
    return [check_event(event, size, root) for event in events]


def line_of(said: "dict[str, object]") -> str:
    """One event in a line: when, what, whether it was allowed, by whom, why."""
    at = datetime.fromtimestamp(int(str(said["at"])) / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    words = [at, said["action"], said["decision"], said.get("organisation") or said["actor"], said.get("purpose") or ""]
    return "  ".join(str(word) for word in words).rstrip()


def main(words: "list[str] | None" = None) -> int:
    """Verifies one export and says what came of it."""
    parser = argparse.ArgumentParser(description="Verifies exported audit events of Signpost.")
    parser.add_argument("export")
    parser.add_argument("--key", required=True, help="the public key of the log: name+id+key")
    parser.add_argument("--since", help="a file with an earlier checkpoint that you kept")
    parser.add_argument("--list", action="store_true", help="print each event in a line")
    arguments = parser.parse_args(words)
    try:
        with open(arguments.export, encoding="utf-8") as file:
            export = json.load(file)
        since = None
        if arguments.since is not None:
            with open(arguments.since, encoding="utf-8", newline="") as file:
                since = file.read()
        said = verify(export, arguments.key, since)
    except (Wrong, OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        print("It does not hold: %s" % error)
        return 1
    if arguments.list:
        for each in said:
            print(line_of(each))
    grown = "" if since is None else " Nothing before your checkpoint was changed or taken out."
    print(
        "Everything holds: %d events are in the signed log of %s.%s"
        % (len(said), export["checkpoint"].split()[0], grown)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
