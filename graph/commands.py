"""Commands about what is in the graph: migrate, shield, quality, canonical."""

from __future__ import annotations

import argparse
import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from graph import server
from graph.model import clock
from graph.model.errors import Unreachable
from graph.model.quality import CONFLICTS, ORPHANS
from graph.model.shielding import Ground
from graph.services import audit, quality, shields
from graph.services.canonical import canonical_hash
from graph.services.progress import ProgressFile
from graph.settings import Settings
from graph.store import Database
from graph.store.migrations import check_ready, migrate

Subparsers: TypeAlias = "argparse._SubParsersAction[ArgumentParser]"
_REVIEW = timedelta(days=182)  # six months: the practice of reviewing shields (domain.md 1.7)


def register_graph(subparsers: Subparsers) -> None:
    """Add the commands about what is in the graph."""
    _add(subparsers, "migrate", run_migrate, "bring the graph's schema up to date")
    hashing = _add(subparsers, "canonical", run_canonical, "print the canonical hash of all that readers may see")
    hashing.add_argument("--json", action="store_true", help="answer in JSON")
    counting = _add(subparsers, "quality", run_quality, "count the graph and keep the figures for the console")
    counting.add_argument("--json", action="store_true", help="answer in JSON")
    counting.add_argument(
        "--progress", type=Path, metavar="FILE", help="keep how far it is in FILE, as one JSON object replaced whole"
    )
    shield = subparsers.add_parser(
        "shield", help="add, confirm, end or list shields", description="Shields of children."
    )
    acts = shield.add_subparsers(required=True, metavar="act")
    adding = _add(acts, "add", run_shield_add, "shield a child at once")
    adding.add_argument("child", help="the child's number in this directory")
    adding.add_argument("--ground", required=True, choices=[ground.value for ground in Ground])
    adding.add_argument("--review-on", type=date.fromisoformat, help="YYYY-MM-DD; in six months unless said")
    confirming = _add(acts, "confirm", run_shield_confirm, "confirm a shield that a feed proposed")
    confirming.add_argument("shield")
    confirming.add_argument("--review-on", type=date.fromisoformat, help="YYYY-MM-DD; in six months unless said")
    _add(acts, "end", run_shield_end, "end a shield; it is kept").add_argument("shield")
    _add(acts, "list", run_shield_list, "list every shield, never a name").add_argument("--json", action="store_true")


def _add(subparsers: Subparsers, name: str, command: object, text: str) -> ArgumentParser:
    parser = subparsers.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(command=command)
    return parser


@contextmanager
def open_database(settings: Settings, *, ready: bool = True) -> Iterator[Database]:
    """The graph of these settings; unless told otherwise, one that has every migration."""
    at = server.connection(settings)
    with Database(at.uri, at.user, at.password, timeout=600) as db:
        if ready:
            check_ready(db)
        yield db


def seconds(text: str) -> float:
    """How often, as it is typed: a whole number of seconds, 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("Write a whole number of seconds, 1 or more.")
    return float(text)


def again_and_again(act: Callable[[], int], every: float | None) -> int:
    """The exit code of an act; with `every` it goes on for good, and is done again after so many seconds."""
    while True:
        try:
            code = act()
            if every is None:
                return code
        except Unreachable as error:
            if every is None:
                raise
            # A graph that is down for a while is no reason to leave: what it held is seen to when it is back.
            print(error, file=sys.stderr, flush=True)
        time.sleep(every)


def run_migrate(settings: Settings, _arguments: Namespace) -> int:
    """Bring the schema up to date."""
    with open_database(settings, ready=False) as db:
        done = migrate(db)
    print("\n".join(f"Applied {name}." for name in done) or "The graph is up to date.")
    return 0


def run_canonical(settings: Settings, arguments: Namespace) -> int:
    """Print the canonical hash."""
    with open_database(settings) as db:
        found = canonical_hash(db)
    if arguments.json:
        print(json.dumps(asdict(found)))
        return 0
    print(found.hash)
    for name, (lines, hashed) in found.parts.items():
        print(f"  {name:12} {lines:>12,} lines  {hashed[:16]}")
    return 0


def run_quality(settings: Settings, arguments: Namespace) -> int:
    """Count the graph."""
    told: ProgressFile | None = arguments.told
    with open_database(settings) as db:
        snapshot = quality.take_snapshot(db, told.rows) if told is not None else quality.take_snapshot(db)
    if arguments.json:
        print(json.dumps(asdict(snapshot), default=str))
        return 0
    figures = snapshot.figures
    for code, sentence in (ORPHANS | CONFLICTS).items():
        print(f"{figures.oddities[code]:>12,}  {sentence}")
    spent = sum(figures.seconds.values())
    print(f"{figures.things['children']:,} children counted in {spent:.1f} s, up to run {snapshot.run}.")
    return 0


def run_shield_add(settings: Settings, arguments: Namespace) -> int:
    """Shield a child."""
    today = clock.day_in_england(clock.now())
    with open_database(settings) as db:
        number = shields.add_shield(
            db,
            child_number=arguments.child,
            ground=Ground(arguments.ground),
            review_on=arguments.review_on or today + _REVIEW,
            decided_by=audit.command_line_actor(),
            today=today,
        )
        held = [row for row in shields.list_shields(db) if row.held_for == number]
    print(f"Shield {number} is in force over child {arguments.child}.")
    for row in held:
        print(
            f"Child {row.child_number} may be the same child, and is shielded by {row.shield_id} until somebody says."
        )
    if held:
        print("Say so with: python -m loaders decide SHIELD same, or: python -m loaders decide SHIELD different.")
    return 0


def run_shield_confirm(settings: Settings, arguments: Namespace) -> int:
    """Confirm a shield."""
    review_on = arguments.review_on or clock.day_in_england(clock.now()) + _REVIEW
    with open_database(settings) as db:
        shields.confirm_shield(
            db, shield_id=arguments.shield, decided_by=audit.command_line_actor(), review_on=review_on
        )
    print(f"Shield {arguments.shield} is confirmed. It is to be reviewed on {review_on:%-d %B %Y}.")
    return 0


def run_shield_end(settings: Settings, arguments: Namespace) -> int:
    """End a shield."""
    with open_database(settings) as db:
        shields.end_shield(
            db, shield_id=arguments.shield, ended_by=audit.command_line_actor(), on=clock.day_in_england(clock.now())
        )
    print(f"Shield {arguments.shield} has ended today. It is kept.")
    return 0


def run_shield_list(settings: Settings, arguments: Namespace) -> int:
    """List shields."""
    with open_database(settings) as db:
        rows = shields.list_shields(db)
        children = tuple(sorted({row.child_number for row in rows if row.child_number}))
        audit.record_listing(db, "shield.list", child_refs=children, count=len(rows))
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows], default=str))
        return 0
    print(f"{'shield':14} {'child':12} {'ground':18} {'state':10} {'from':10}  {'review':10}  ended")
    for row in rows:
        dates = f"{row.starts!s:10}  {row.review_on or '':10}  {row.ends or ''}"
        print(f"{row.shield_id:14} {row.child_number or '':12} {row.ground:18} {row.state:10} {dates}")
    return 0
