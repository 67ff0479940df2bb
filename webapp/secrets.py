"""The key that seals cookies: made on first use, readable by its owner only."""

import os
import secrets
from pathlib import Path

from graph.model.errors import Unreachable

_BYTES = 32


def read_secret_key(path: Path) -> bytes:
    """The key in a file, which is made with mode 0600 if it is not there; Unreachable if it is too short to be one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_BYTES) + "\n")
    return _read(path)


def _read(path: Path) -> bytes:
    key = path.read_bytes().strip()
    if len(key) < _BYTES:
        raise Unreachable(
            f"{path.name} is too short to be a key. Remove the file: a new one is made at the next start."
        )
    return key
