"""`python -m graph user first|list|disable|override|children`: accounts, by who runs this machine; in a demo more."""

# What a person types at a terminal answers by printing.
# ruff: noqa: T201

from __future__ import annotations

import argparse
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from graph import server
from graph.model import pace
from graph.model.errors import Refused
from graph.model.roles import Role
from graph.services import access, accounts, audit, demonstration, overriding
from graph.settings import Settings
from graph.store import Database

# argparse has no public name for this type.
Subparsers: TypeAlias = "argparse._SubParsersAction[ArgumentParser]"


def register_users(subparsers: Subparsers) -> None:
    """Adds the commands for accounts."""
    text = "make the first administrators, list and disable accounts"
    topic = subparsers.add_parser("user", help=text, description=f"{text.capitalize()}.")
    commands = topic.add_subparsers(required=True, metavar="command")
    first = _command(commands, "first", add_first, "make one of the first two administrators; prints a link and a word")
    first.add_argument("username", help="small letters, digits, dots and hyphens")
    first.add_argument("--name", required=True, help="the person's name")
    _add_options(_command(commands, "add", add_user, "make an account by oneself (SIGNPOST_DEMO=1 only)"))
    _command(commands, "list", list_users, "list the accounts")
    _command(commands, "disable", disable_user, "disable an account and end its sessions").add_argument("username")
    giving = _command(commands, "override", save_override, "give or take the right to override a shield")
    giving.add_argument("username")
    giving.add_argument("held", choices=["give", "take"])
    most = _command(commands, "children", save_children_a_day, "say how many children an account may open in a day")
    most.add_argument("username")
    most.add_argument("number", type=int, help=f"{pace.A_DAY} unless it is said here")
    code = _command(commands, "code", show_code, "print the code of now (SIGNPOST_DEMO=1 only)")
    code.add_argument("username")


def add_first(settings: Settings, arguments: Namespace) -> int:
    """Makes one of the first two administrators, who opens the account by a link and a word; both are printed once."""
    with open_database(settings) as db:
        made = accounts.first(
            db,
            username=arguments.username,
            name=arguments.name,
            origin=settings.origin,
            by=audit.command_line_actor(),
        )
    print(f"Link  {made.link}")
    print(f"Word  {made.word}")
    print("These are not shown again. The link is good once and for 24 hours: open it now, in your own browser.")
    return 0


def add_user(settings: Settings, arguments: Namespace) -> int:
    """Makes an account and prints what is needed to sign in, once; in a demonstration only."""
    if not settings.demo:
        raise Refused(
            "One person alone makes no account. Two administrators do, in Signpost under Accounts; the first two come "
            "from: python -m graph user first."
        )
    with open_database(settings) as db:
        demonstration.check(settings, db)
        made = access.record_user(
            db,
            username=arguments.username,
            name=arguments.name,
            role=Role(arguments.role),
            organisation=arguments.organisation,
            authority=arguments.authority,
            statutory=arguments.statutory,
            practitioner_id=arguments.practitioner,
            service_id=arguments.service,
            vetted_until=arguments.vetted_until,
            trained_until=arguments.trained_until,
            by=audit.command_line_actor(),
        )
    print(f"Username       {made.username}")
    print(f"Password       {made.password}")
    print(f"Authenticator  {made.totp_uri}")
    print("These are not shown again.")
    return 0


def list_users(settings: Settings, _arguments: Namespace) -> int:
    """Prints every account."""
    with open_database(settings) as db:
        found = access.list_users(db)
        audit.record_listing(db, "user.list", count=len(found))
    for account in found:
        who = f"{account.name}, {account.role.words}, {account.organisation}"
        print(f"{account.username}  {who} ({account.authority or 'no area'}): {account.status}")
    if not found:
        print("There are no accounts. Make the first with: python -m graph user first.")
    return 0


def disable_user(settings: Settings, arguments: Namespace) -> int:
    """Disables an account."""
    with open_database(settings) as db:
        access.disable_user(db, username=arguments.username, by=audit.command_line_actor())
    print(f"{arguments.username} is disabled and signed out.")
    return 0


def save_override(settings: Settings, arguments: Namespace) -> int:
    """Gives an account the right to override a shield, or takes it away."""
    held = arguments.held == "give"
    with open_database(settings) as db:
        overriding.give_right(db, username=arguments.username, held=held, by=audit.command_line_actor())
    print(f"{arguments.username} {'may override a shield' if held else 'may override no shield any more'}.")
    return 0


def save_children_a_day(settings: Settings, arguments: Namespace) -> int:
    """Lets an account open so many children a day."""
    with open_database(settings) as db:
        access.save_children_a_day(
            db, username=arguments.username, children=arguments.number, by=audit.command_line_actor()
        )
    print(f"{arguments.username} may open {arguments.number} children a day.")
    return 0


def show_code(settings: Settings, arguments: Namespace) -> int:
    """Prints the code that the user's authenticator would show."""
    with open_database(settings) as db:
        print(demonstration.current_code(db, arguments.username))
    return 0


def open_database(settings: Settings) -> Database:
    """The graph of these settings."""
    to = server.connection(settings)
    return Database(to.uri, to.user, to.password)


def _command(
    commands: Subparsers, name: str, command: Callable[[Settings, Namespace], int], text: str
) -> ArgumentParser:
    parser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(command=command)
    return parser


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("username", help="small letters, digits, dots and hyphens")
    parser.add_argument("--name", required=True, help="the person's name")
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    parser.add_argument("--organisation", required=True, help="whom the person works for")
    parser.add_argument("--authority", help="GSS code of the children's authority, such as E06000001")
    parser.add_argument("--statutory", action="store_true", help="social care, police or youth justice")
    parser.add_argument("--practitioner", help="practitioner_id: who this person is in the feeds")
    parser.add_argument("--service", help="service_id: where this person works, such as urn:100001")
    parser.add_argument("--vetted-until", type=date.fromisoformat, help="YYYY-MM-DD")
    parser.add_argument("--trained-until", type=date.fromisoformat, help="YYYY-MM-DD")
