"""Serves the pages: `python -m webapp`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from graph.model.errors import SignpostError
from graph.server import connection
from graph.services import demonstration
from graph.settings import Settings, SettingsError
from graph.store import Database
from webapp import create_app, guard
from webapp.manifest import AssetsError
from webapp.warming import make_ready, warm_graph


class _Site(BaseApplication):  # type: ignore[misc]
    """Gunicorn with its options given here instead of in a file."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        """Keeps the app and the options."""
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Hands the options on."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The app. Its database is made by each worker at its first request, so never before the fork."""
        return self._app


def main() -> int:
    """Serves until it is stopped; 1 and a sentence if it cannot start."""
    arguments = _read_arguments()
    try:
        settings = Settings.from_environment()
        check_address(arguments.host, settings)
        if settings.demo:
            check_demonstration(settings)
        app = create_app(settings, lambda: open_database(settings))
    except (SettingsError, SignpostError, AssetsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    guard.log_to_standard_error()
    sys.stdout.write(f"Signpost is at http://{_shown(arguments.host)}:{settings.web_port}/\n")
    sys.stdout.flush()
    # Before the fork, so that every worker has them.
    make_ready(app)
    _Site(app, _options(arguments, settings) | {"post_worker_init": lambda _worker: warm_graph(app)}).run()
    return 0


def check_address(host: str, settings: Settings) -> None:
    """Nothing, if what is sent to this address cannot be read on the way; SettingsError otherwise."""
    if guard.is_loopback(host):
        return
    if settings.demo:
        raise SettingsError(
            "SIGNPOST_DEMO shows how to sign in, so it is served to this machine only. Leave out --host."
        )
    if not settings.proxies:
        raise SettingsError(
            f"At {host} other machines reach the site, and without HTTPS a password could be read on the way. "
            "Put a proxy that ends TLS before it and name its address in SIGNPOST_PROXIES, or leave out --host."
        )


def check_demonstration(settings: Settings) -> None:
    """Nothing, if everybody in the graph is invented; Refused otherwise. Its connection is closed before any fork."""
    with open_database(settings) as db:
        demonstration.check(settings, db)


def open_database(settings: Settings) -> Database:
    """The graph of these settings, by a driver of this process."""
    known = connection(settings)
    return Database(known.uri, known.user, known.password)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m webapp", description="Serve Signpost's pages.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: this machine only)")
    parser.add_argument("--workers", type=int, default=2, help="how many processes answer (default: 2)")
    return parser.parse_args()


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host


def _options(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    return {
        "bind": f"{arguments.host}:{settings.web_port}",
        "workers": arguments.workers,
        "worker_class": "gthread",
        "threads": 8,
        "timeout": 30,
        "loglevel": "warning",
        "limit_request_line": 2048,
        "limit_request_fields": 60,
        "control_socket_disable": True,
        # Nobody else is believed who says that a request came over HTTPS: not even this machine, unless it is named.
        "forwarded_allow_ips": ",".join(settings.proxies),
    }


if __name__ == "__main__":
    sys.exit(main())
