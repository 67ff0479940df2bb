"""Names of children in one session's addresses: random to everyone else, and nothing has to be kept for them."""

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16
# What is left of the block stays zero: a made-up handle opens to zeros there once in 2^40 tries at best.
_LONGEST_ID = 11


def session_key(token: str, purpose: str) -> bytes:
    """A key that only this session's token gives, for one purpose."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), purpose.encode(), hashlib.sha256).digest()


def handle_of(token: str, child_id: str) -> str:
    """The child's handle in this session: 128 bits, as 32 hexadecimal digits."""
    plain = child_id.encode("ascii")
    if not 0 < len(plain) <= _LONGEST_ID:
        raise ValueError(f"A child's number has 1 to {_LONGEST_ID} characters, this one has {len(plain)}.")
    encryptor = _cipher(token).encryptor()
    return (encryptor.update(plain.ljust(_BLOCK, b"\0")) + encryptor.finalize()).hex()


def child_of(token: str, handle: str) -> str | None:
    """The child behind a handle of this session; None for any other text."""
    try:
        block = bytes.fromhex(handle)
    except ValueError:
        return None
    if len(block) != _BLOCK or handle != block.hex():
        return None
    decryptor = _cipher(token).decryptor()
    plain = decryptor.update(block) + decryptor.finalize()
    name = plain.rstrip(b"\0")
    return name.decode("ascii") if 0 < len(name) <= _LONGEST_ID and name.isascii() else None


def _cipher(token: str) -> Cipher[modes.ECB]:
    # One block, each child once: the same child has the same handle throughout a session, which is meant.
    return Cipher(algorithms.AES(session_key(token, "handles")), modes.ECB())


def practitioner_key(key: bytes, practitioner_id: str) -> str:
    """The name of a practitioner in one session's addresses: codes of their employers may hold a person's name."""
    return "p" + hmac.new(key, f"practitioner {practitioner_id}".encode(), hashlib.sha256).hexdigest()[:16]
