"""The one connection of this process to the graph."""

from collections.abc import Callable
from threading import Lock
from typing import cast

from flask import Flask, current_app

from graph.store import Database


class _Held:
    """A database made when it is first asked for, and never twice."""

    def __init__(self, factory: Callable[[], Database]) -> None:
        """Keeps the factory."""
        self._factory = factory
        self._lock = Lock()
        self._database: Database | None = None

    def get(self) -> Database:
        """The database of this process."""
        with self._lock:
            if self._database is None:
                self._database = self._factory()
            return self._database


def keep_database(app: Flask, factory: Callable[[], Database]) -> None:
    """Lets the views of an app ask for the graph."""
    app.extensions["signpost"] = _Held(factory)


def db() -> Database:
    """The graph."""
    return cast(_Held, current_app.extensions["signpost"]).get()
