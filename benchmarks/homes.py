"""An embedded server of the benchmark's own, in a folder that goes away with it."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import tell
from graph import server
from graph.settings import Settings
from graph.store import Database
from graph.store.migrations import migrate

_LARGE = 500_000  # children


def settings_for(home: Path, *, children: int, heap: str | None = None, page_cache: str | None = None) -> Settings:
    """Settings of a server in this folder, on a free port; a large population gets more memory unless told."""
    large = children >= _LARGE
    given: Mapping[str, str] = {
        "SIGNPOST_HOME": str(home),
        "SIGNPOST_CACHE": str(Settings.from_environment().cache),
        "SIGNPOST_BOLT_PORT": str(_free_port()),
        "SIGNPOST_HEAP": heap or ("4g" if large else "1g"),
        "SIGNPOST_PAGE_CACHE": page_cache or ("4g" if large else "512m"),
    }
    return Settings.from_environment(given)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((server.HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(settings: Settings, *, keep: bool = False) -> Iterator[None]:
    """The server of these settings, from nothing to migrated; stopped afterwards unless it is to be kept."""
    server.up(settings, tell)
    try:
        with opened(settings) as db:
            migrate(db)
        yield
    finally:
        if not keep:
            server.down(settings, tell)


def opened(settings: Settings) -> Database:
    """A connection to the server of these settings."""
    at = server.connection(settings)
    return Database(at.uri, at.user, at.password)
