"""The graph room's commands: `python -m graph up`, `down`, `status` and the rest."""

from __future__ import annotations

import argparse
import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

from graph import jars, server
from graph.audit_commands import register_audit
from graph.commands import register_graph
from graph.model.errors import SignpostError
from graph.services.progress import kept
from graph.settings import Settings, SettingsError, readable_size
from graph.user_commands import register_users
from graph.watch_commands import register_watch

# argparse has no public name for this type, and it takes a parameter only in annotations.
Subparsers: TypeAlias = "argparse._SubParsersAction[ArgumentParser]"
Command = Callable[[Settings, Namespace], int]


def register_server(subparsers: Subparsers) -> None:
    """Add the commands that start, stop and look after the embedded server."""
    add(subparsers, "up", start, "start the embedded Neo4j")
    add(subparsers, "down", stop, "stop it, after it has written everything to disk")
    add(subparsers, "status", show_status, "say whether it runs, where and since when").add_argument(
        "--json", action="store_true", help="answer in JSON"
    )
    add(subparsers, "backup", back_up, "write the graph into a new folder (stops the server meanwhile)").add_argument(
        "folder", type=Path
    )
    restoring = add(subparsers, "restore", restore, "put a backup in the place of the graph")
    restoring.add_argument("folder", type=Path)
    restoring.add_argument("--replace", action="store_true", help="the graph that is there may go for good")
    add(subparsers, "admin", run_admin, "run a neo4j-admin command on the stopped server").add_argument(
        "arguments", nargs=argparse.REMAINDER
    )
    add(subparsers, "lock", lock_jars, "for developers: write graph/jars.txt anew after a change of version")


# One line a topic: a new topic's commands are one function here.
TOPICS: tuple[Callable[[Subparsers], None], ...] = (
    register_server,
    register_users,
    register_graph,
    register_audit,
    register_watch,
)


def add(subparsers: Subparsers, name: str, command: Command, text: str) -> ArgumentParser:
    """Add one command and return its parser, for its own arguments."""
    parser = subparsers.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(command=command)
    return parser


def start(settings: Settings, _arguments: Namespace) -> int:
    """Start the embedded server, or say whose server is used instead."""
    if settings.external is not None:
        print(f"NEO4J_URI names {settings.external.uri}, so no server is started here.")
        return 0
    server.up(settings, tell)
    return 0


def stop(settings: Settings, _arguments: Namespace) -> int:
    """Stop the embedded server."""
    server.down(settings, tell)
    return 0


def show_status(settings: Settings, arguments: Namespace) -> int:
    """Print what there is to say of the server."""
    if settings.external is not None and not arguments.json:
        print(f"NEO4J_URI names {settings.external.uri}, which is used in place of the embedded server.")
    found = server.status(settings)
    if arguments.json:
        print(json.dumps({"running": found.pid is not None, **asdict(found)}, default=str))
    elif found.pid is None:
        print(f"Not running. {found.home} holds {readable_size(found.data_bytes)} of Neo4j {found.version}.")
    else:
        print(f"Neo4j {found.version} runs on bolt://{server.HOST}:{found.port} (process {found.pid})")
        print(f"since {found.since:%-d %B %Y, %H:%M}. {found.home} holds {readable_size(found.data_bytes)}.")
    return 0


def back_up(settings: Settings, arguments: Namespace) -> int:
    """Back the graph up."""
    server.backup(settings, arguments.folder, tell)
    return 0


def restore(settings: Settings, arguments: Namespace) -> int:
    """Restore a backup."""
    server.restore(settings, arguments.folder, replace=arguments.replace, tell=tell)
    return 0


def run_admin(settings: Settings, arguments: Namespace) -> int:
    """Run a `neo4j-admin` command and print what it says."""
    server.admin(settings, *arguments.arguments, tell=tell)
    return 0


def lock_jars(_settings: Settings, _arguments: Namespace) -> int:
    """Write the list of jars anew."""
    print(f"{jars.lock()} jars are in {jars.JARS_FILE}. Commit it.")
    return 0


def tell(sentence: str) -> None:
    """Print one step at once, also into a file."""
    print(sentence, flush=True)


def parser() -> ArgumentParser:
    """Return the parser of all commands."""
    made = ArgumentParser(prog="python -m graph", description=__doc__)
    subparsers = made.add_subparsers(required=True, metavar="command")
    for register in TOPICS:
        register(subparsers)
    return made


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 1 when it says no, 130 after Ctrl-C."""
    arguments = parser().parse_args(words)
    with kept(getattr(arguments, "progress", None)) as arguments.told:
        code, said = outcome(arguments)
        if arguments.told is not None:
            arguments.told.end(code, said)
    return code


def outcome(arguments: Namespace) -> tuple[int, str]:
    """Run the command and return its exit code, and why it is not 0 in a sentence."""
    try:
        command: Command = arguments.command
        return command(Settings.from_environment(), arguments), ""
    except (SignpostError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1, str(error)
    except KeyboardInterrupt:
        print("Interrupted. A server that was starting goes on; `python -m graph status` tells.", file=sys.stderr)
        return 130, "Interrupted."


if __name__ == "__main__":
    sys.exit(main())
