"""The key under which national insurance numbers are hashed: made once, kept apart from the data."""

import os
import secrets
from pathlib import Path

from graph.model.errors import Unreadable

_NAME, _LENGTH = "nino-key", 32


def hashing_key(folder: Path) -> bytes:
    """The key in this folder of keys, made there if there is none."""
    path = folder / _NAME
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with open(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_LENGTH))
    return _read(path)


def _read(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != _LENGTH:
        raise Unreadable(
            f"{path} is not the key of {_LENGTH} bytes that it was. Bring it back from the copy of the keys."
        )
    return key
