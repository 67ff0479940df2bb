"""`python -m graph watch now|home|canary`: the audit looked through for looks that need a question."""

# What a person types at a terminal answers by printing.
# ruff: noqa: T201

from __future__ import annotations

import argparse
import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import TypeAlias

from graph.commands import again_and_again, open_database, seconds
from graph.services import audit, watching
from graph.settings import Settings

Subparsers: TypeAlias = "argparse._SubParsersAction[ArgumentParser]"


def register_watch(subparsers: Subparsers) -> None:
    """Adds the commands for watching who looks at whom."""
    text = "look through the audit for looks that need a question"
    topic = subparsers.add_parser("watch", help=text, description=f"{text.capitalize()}.")
    acts = topic.add_subparsers(required=True, metavar="act")
    looking = _add(acts, "now", look, "make alerts of what is new; exit code 1 if one is overdue or nobody owns it")
    looking.add_argument("--every", type=seconds, metavar="SECONDS", help="stay, and look again as often")
    looking.add_argument("--json", action="store_true", help="answer in JSON")
    home = _add(acts, "home", save_home, "keep where a user lives, as keyed hashes only")
    home.add_argument("username")
    home.add_argument("postcode")
    canary = _add(acts, "canary", save_canary, "mark an invented child: whoever opens its page makes an alert")
    canary.add_argument("child", help="the child's number in this directory")


def look(settings: Settings, arguments: Namespace) -> int:
    """Looks through the audit once, or again and again."""

    def once() -> int:
        with open_database(settings) as db:
            found = watching.look_through(db)
        if arguments.json:
            print(json.dumps(asdict(found)), flush=True)
        else:
            waiting = f"{found.open} wait, {found.overdue} overdue, {found.unowned} without an owner"
            print(f"{found.events} events looked through; {found.made} alerts made; {waiting}.", flush=True)
        if found.unowned:
            print("Nobody owns some alerts. An auditor takes them under Alerts.", flush=True)
            print("If there is none: two administrators make an account for one under Accounts.", flush=True)
        return int(bool(found.unowned or found.overdue))

    return again_and_again(once, arguments.every)


def save_home(settings: Settings, arguments: Namespace) -> int:
    """Keeps where a user lives."""
    with open_database(settings) as db:
        watching.save_home(db, username=arguments.username, postcode=arguments.postcode, by=audit.command_line_actor())
    print(f"Kept for {arguments.username}: two keyed hashes, and no postcode.")
    return 0


def save_canary(settings: Settings, arguments: Namespace) -> int:
    """Marks an invented child."""
    with open_database(settings) as db:
        watching.save_canary(db, child_id=arguments.child, by=audit.command_line_actor())
    print("Whoever opens this child's page makes an alert that is due tomorrow.")
    return 0


def _add(subparsers: Subparsers, name: str, command: object, text: str) -> ArgumentParser:
    parser = subparsers.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(command=command)
    return parser
