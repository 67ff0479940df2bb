"""Small secrets in the graph, sealed with a key that never lies in it or beside its backup."""

import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graph.model.errors import Unreadable
from graph.settings import Settings

_KEY_BYTES = 32
_NONCE_BYTES = 12


def seal(plain: bytes, *, about: str) -> bytes:
    """The secret, readable only with this machine's key and only for the thing that it is about."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(_key()).encrypt(nonce, plain, about.encode())


def unseal(sealed: bytes, *, about: str) -> bytes:
    """The secret again; Unreadable if the key is another one, or the thing is."""
    nonce, content = bytes(sealed[:_NONCE_BYTES]), bytes(sealed[_NONCE_BYTES:])
    try:
        return AESGCM(_key()).decrypt(nonce, content, about.encode())
    except InvalidTag as error:
        raise Unreadable(
            f"A secret of {about} cannot be opened with {_key_file()}. Put back the key that it was sealed with."
        ) from error


def keyed_hash(text: str, *, about: str) -> str:
    """A hash that only this machine's key gives: who has the graph alone cannot try what the text may have been."""
    key = hmac.new(_key(), about.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def _key_file() -> Path:
    return Settings.from_environment().keys_folder / "seal-key"


def _key() -> bytes:
    return _kept(_key_file())


def key_in(path: Path) -> bytes:
    """The key of 32 random bytes in this file, made there if there is none; Unreadable if it is not one."""
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise Unreadable(
            f"{path} is not the key of {_KEY_BYTES} bytes that it was. Bring it back from the keys' backup."
        )
    return key


_kept = cache(key_in)


def _make(path: Path) -> None:
    """Writes a new key whole or not at all: two processes that start at once end with the same one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
