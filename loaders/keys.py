"""The key under which national insurance numbers are hashed: made once, kept apart from the data."""

from pathlib import Path

from graph.services.secret_box import key_in


def hashing_key(folder: Path) -> bytes:
    """The key in this folder of keys, made there if there is none; Unreadable if the file holds no key."""
    return key_in(folder / "nino-key")
