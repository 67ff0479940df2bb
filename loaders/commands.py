"""The commands that change the graph: load, runs, show, undo, stop and start a feed."""

import argparse
import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeAlias

from graph import server
from graph.model import clock
from graph.model.errors import Conflict, Unreadable
from graph.model.file_names import Name, WrongName, parsed
from graph.services import audit, loads, review, under_shield
from graph.settings import Settings
from graph.store import Database
from graph.store.migrations import check_ready
from loaders import areas
from loaders.first import load_first
from loaders.kept import Holdings, KeptIndex
from loaders.keys import hashing_key
from loaders.loading import Desk, Loaded, load_file, try_file
from loaders.naming import name_of
from loaders.registry import FEEDS, ORDER
from loaders.release import attach, release
from loaders.terminal import (
    DONE,
    UNREADABLE,
    WOULD_NOT_LOAD,
    WRONG_USE,
    add_progress_argument,
    add_scope_arguments,
    bars,
)

Subparsers: TypeAlias = "argparse._SubParsersAction[ArgumentParser]"
File = tuple[Path, Name]
_ALL = 1_000_000


def register(subparsers: Subparsers) -> None:
    """Add the commands that change the graph."""
    load = _command(subparsers, "load", load_command, "load one file, or every file of a folder in the right order")
    load.add_argument("feed", nargs="?", help="the feed, as `list` names it")
    load.add_argument("file", nargs="?", type=Path)
    load.add_argument("--all", type=Path, metavar="FOLDER", help="every file of the folder, feed by feed")
    load.add_argument("--first", action="store_true", help="fill an empty graph through neo4j-admin import")
    add_scope_arguments(load)
    load.add_argument("--older", action="store_true", help="load it although a newer file was loaded")
    load.add_argument("--smaller", action="store_true", help="load it although it is much smaller than the last")
    load.add_argument("--unusual", action="store_true", help="load it although a gate finds it too strange")
    load.add_argument("--dry-run", action="store_true", help="say what it would change, and change nothing")
    add_progress_argument(load)
    runs = _command(subparsers, "runs", runs_command, "list the runs, newest first")
    runs.add_argument("--limit", type=int, default=30)
    _command(subparsers, "show", show_command, "show one run").add_argument("number", type=int, metavar="RUN")
    undoing = _command(subparsers, "undo", undo_command, "take a feed's latest run back exactly")
    undoing.add_argument("number", type=int, metavar="RUN")
    add_progress_argument(undoing)
    waiting = _command(subparsers, "quarantine", quarantine_command, "list the rows that resemble a shielded child")
    waiting.add_argument("--limit", type=int, default=1000)
    reviewing = _command(
        subparsers, "review", review_command, "list what waits for a person to say whether two entries are one child"
    )
    reviewing.add_argument("--limit", type=int, default=1000)
    reviewing.add_argument("--count", action="store_true", help="only how many wait, by reason")
    indexing = _command(
        subparsers, "index", index_command, "make the index of who is known anew, and check the one that is kept by it"
    )
    add_progress_argument(indexing)
    letting = _command(
        subparsers, "release", release_command, "load a row from quarantine, once a person has looked at it"
    )
    letting.add_argument("row", help="as `quarantine` names it")
    giving = _command(
        subparsers, "attach", attach_command, "give a row from quarantine to the shielded child whose it is"
    )
    giving.add_argument("row", help="as `quarantine` names it")
    giving.add_argument("--child", metavar="NUMBER", help="whose it is, if it may be of several shielded children")
    deciding = _command(subparsers, "decide", decide_command, "say whether two entries under a shield are one child")
    deciding.add_argument("case", help="as `review` names it, or a held shield as `python -m graph shield list` does")
    deciding.add_argument("answer", choices=("same", "different"))
    parting = _command(subparsers, "part", part_command, "take a decision under a shield apart again")
    parting.add_argument("decision", help="as `decide` has named it")
    _command(subparsers, "stop", stop_command, "load no file of a feed until it is started again").add_argument("feed")
    _command(subparsers, "start", start_command, "load files of a stopped feed again").add_argument("feed")


def _command(subparsers: Subparsers, name: str, command: Callable[[Namespace], int], text: str) -> ArgumentParser:
    parser = subparsers.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(run=command)
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    return parser


def load_command(arguments: Namespace) -> int:
    """Load what the arguments name."""
    if (arguments.all is None) == (arguments.feed is None or arguments.file is None):
        return _wrong_use("Name a feed and a file, or --all and a folder.")
    if arguments.first and arguments.all is None:
        return _wrong_use("--first goes with --all FOLDER.")
    if arguments.dry_run and arguments.all is not None:
        return _wrong_use("--dry-run goes with one file: what the second would change hangs on the first.")
    settings = Settings.from_environment()
    with _database(settings) as db, bars(quiet=arguments.json, file=arguments.told) as shown:
        desk = Desk(
            db,
            settings.home,
            hashing_key(settings.keys_folder),
            tell=lambda text: print(text, file=sys.stderr, flush=True),
            progress=shown.rows,
            older=arguments.older,
            smaller=arguments.smaller,
            unusual=arguments.unusual,
        )
        if arguments.all is not None:
            return _load_folder(settings, desk, arguments)
        return _load_one(desk, arguments)


def _load_one(desk: Desk, arguments: Namespace) -> int:
    feed = FEEDS.get(arguments.feed)
    if feed is None:
        return _wrong_use(f"There is no feed {arguments.feed}. List them with: python -m loaders list.")
    name = name_of(arguments.file, feed, supplier=arguments.supplier, as_at=arguments.as_at, full=arguments.full)
    result = (try_file if arguments.dry_run else load_file)(desk, feed, arguments.file, name)
    _say([result], arguments.json)
    return _exit_code([result])


def _load_folder(settings: Settings, desk: Desk, arguments: Namespace) -> int:
    if not arguments.all.is_dir():
        raise Unreadable(f"There is no folder {arguments.all}. Give the folder that holds the files.")
    files, others = files_of(arguments.all)
    results = [Loaded("unknown", path.name, "unknown feed", warnings=[why]) for path, why in others]
    for other in results:
        desk.tell(f"{other.file}: {other.warnings[0]}")
    if arguments.first:
        first, rest = _first_of_each_scope(files)
        results += load_first(settings, desk, first)
        with _database(settings) as db:
            results += _load_each(replace(desk, db=db), rest)
    else:
        results += _load_each(desk, files)
    _say(results, arguments.json)
    return _exit_code(results)


def _load_each(desk: Desk, files: Sequence[File]) -> list[Loaded]:
    """What became of each file; one that cannot be loaded does not hold up the others."""
    results = []
    for path, name in files:
        started = time.monotonic()
        try:
            result = load_file(desk, FEEDS[name.feed], path, name)
        except Unreadable as error:
            result = Loaded(name.feed, path.name, "unreadable", errors=[str(error)])
        except (Conflict, WrongName) as error:
            result = Loaded(name.feed, path.name, "would not load", errors=[str(error)])
        results.append(result)
        spent = time.monotonic() - started
        rate = f", {result.rows / spent:,.0f} rows a second" if result.outcome == "loaded" and spent else ""
        desk.tell(f"{path.name}: {result.outcome}{rate}")
        for sentence in result.errors:
            desk.tell(f"  {sentence}")
    return results


def files_of(folder: Path) -> tuple[list[File], list[tuple[Path, str]]]:
    """The folder's files in the order in which they are loaded, and those that no feed takes, with why.

    First the first file of every feed and supplier, feed by feed; then the second of each, and so on: so a first load
    and a daily load of the same folder see the same things in the same order.
    """
    known: list[File] = []
    others: list[tuple[Path, str]] = []
    for path in sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")):
        try:
            name = parsed(path)
        except WrongName as error:
            others.append((path, str(error)))
            continue
        if name is None:
            others.append((path, "Its name is not FEED.SUPPLIER.YYYY-MM-DD.full|delta.EXT, so it was left alone."))
        elif name.feed not in FEEDS:
            others.append((path, f"There is no feed {name.feed}, so it was left alone."))
        else:
            known.append((path, name))
    known.sort(key=lambda file: (file[1].as_at, file[0].name))
    turn: dict[tuple[str, str], int] = {}
    ranked = []
    for path, name in known:
        scope = (name.feed, name.supplier)
        turn[scope] = turn.get(scope, 0) + 1
        ranked.append((turn[scope], ORDER.index(name.feed), name.supplier, path, name))
    ranked.sort(key=lambda row: row[:3])
    return [(path, name) for _, _, _, path, name in ranked], others


def _first_of_each_scope(files: Sequence[File]) -> tuple[list[File], list[File]]:
    seen: set[tuple[str, str]] = set()
    first: list[File] = []
    rest: list[File] = []
    for path, name in files:
        (rest if (name.feed, name.supplier) in seen else first).append((path, name))
        seen.add((name.feed, name.supplier))
    return first, rest


def runs_command(arguments: Namespace) -> int:
    """List the runs."""
    with _database(Settings.from_environment()) as db:
        rows = loads.list_runs(db, arguments.limit)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows], default=str))
        return DONE
    numbers = f"{'rows':>9} {'kept':>9} {'refused':>7}"
    print(f"{'run':>5}  {'feed':22} {'supplier':14} {'as at':10}  {'kind':5} {numbers}  outcome")
    for row in rows:
        numbers = f"{_number(row.rows):>9} {_number(row.kept):>9} {_number(row.refused):>7}"
        print(
            f"{row.run:>5}  {row.feed or '':22} {row.supplier or '':14} {row.as_at or '':10}  {row.kind or '':5} "
            f"{numbers}  {row.outcome or ''}"
        )
    return DONE


def show_command(arguments: Namespace) -> int:
    """Show one run."""
    with _database(Settings.from_environment()) as db:
        about = loads.show_run(db, arguments.number)
    shown = {name: json.loads(value) if name in _AS_JSON else value for name, value in sorted(about.items())}
    if arguments.json:
        print(json.dumps(shown, default=str))
        return DONE
    for name, value in shown.items():
        for number, line in enumerate(value if isinstance(value, list) else [value]):
            print(f"{name if not number else '':16} {line}")
    return DONE


_AS_JSON = {"refused_by", "skipped_by", "counts", "seconds"}


def undo_command(arguments: Namespace) -> int:
    """Take a run back."""
    settings = Settings.from_environment()
    with _database(settings) as db, bars(quiet=arguments.json, file=arguments.told) as shown:
        about = loads.undo_run(db, arguments.number, by=audit.command_line_actor(), progress=shown.rows)
        if FEEDS[about["feed"]].lookup:
            areas.restore(settings.home / "derived")
    said = f"Run {arguments.number} ({about['feed']}, {about.get('file', '')}) has been taken back."
    print(json.dumps({"undone": arguments.number, "feed": about["feed"]}) if arguments.json else said)
    return DONE


def quarantine_command(arguments: Namespace) -> int:
    """List what waits in quarantine: where each row came from, never what it says."""
    with _database(Settings.from_environment()) as db:
        rows = loads.list_waiting(db, arguments.limit)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows]))
        return DONE
    for row in rows:
        print(f"{row.record_version}  {row.feed} from {row.supplier}, run {row.run}, line {row.line}: {row.reason}")
    print(f"{len(rows):,} rows wait.")
    return DONE


def review_command(arguments: Namespace) -> int:
    """List what waits for review: why, for how long and where each record came from, never of whom it speaks."""
    with _database(Settings.from_environment()) as db:
        cases = review.list_waiting(db, _ALL if arguments.count else arguments.limit)
    counts = Counter(case.reason for case in cases)
    if arguments.json:
        print(json.dumps({"waiting": len(cases), "reasons": counts} if arguments.count else [asdict(c) for c in cases]))
        return DONE
    if not arguments.count:
        for case in cases:
            print(_case_sentence(case))
    for reason, number in counts.most_common():
        print(f"{number:>7,}  {reason}")
    wait = "case waits" if len(cases) == 1 else "cases wait"
    print(f"{len(cases):,} {wait}. Data managers decide in Signpost, under Match review.")
    return DONE


def _case_sentence(case: review.WaitingCase) -> str:
    people = "two people" if case.people > 1 else "one person"
    days = "" if case.days is None else f", waits {case.days:,} days"
    where = f"{case.feed} from {case.supplier}, run {case.run}, line {case.line}"
    return f"{case.case}  {where}: {case.reason}; {people}, {case.stage}{days}"


def release_command(arguments: Namespace) -> int:
    """Release one row."""
    settings = Settings.from_environment()
    with _database(settings) as db:
        kept = KeptIndex(db, settings.home / "derived", holding=True)
        on = clock.day_in_england(clock.now())
        run = release(db, arguments.row, by=audit.command_line_actor(), on=on, kept=kept)
    print(json.dumps({"run": run}) if arguments.json else f"The row was loaded in run {run}. Undo takes it back.")
    return DONE


def index_command(arguments: Namespace) -> int:
    """Make the index of who is known anew."""
    settings = Settings.from_environment()
    with _database(settings) as db, bars(quiet=arguments.json, file=arguments.told) as shown:
        loads.recover(db)
        held = KeptIndex(db, settings.home / "derived", progress=shown.rows).rebuilt()
    print(json.dumps(asdict(held)) if arguments.json else _index_in_words(held))
    return WOULD_NOT_LOAD if held.differing else DONE


def _index_in_words(held: Holdings) -> str:
    match held.differing:
        case None:
            agreed = "There was no index to compare it with."
        case 0:
            agreed = "The index that was kept agreed with the graph."
        case count:
            agreed = f"The index that was kept did not agree with the graph for {count:,} children. It is right now."
    return (
        f"The index is as the graph is at run {held.run:,}: {held.persons:,} children, {held.records:,} records, "
        f"{held.identities:,} identities, {held.megabytes:,.1f} MB, made in {held.seconds:,.1f} s.\n{agreed}"
    )


def attach_command(arguments: Namespace) -> int:
    """Give one row to the shielded child."""
    with _database(Settings.from_environment()) as db:
        done = attach(
            db,
            arguments.row,
            by=audit.command_line_actor(),
            on=clock.day_in_england(clock.now()),
            child_number=arguments.child,
        )
    said = f"The row is child {done.child_number}’s since run {done.run}, under the shield. Undo takes it back."
    print(json.dumps(asdict(done)) if arguments.json else said)
    return DONE


def decide_command(arguments: Namespace) -> int:
    """Answer a question under a shield."""
    with _database(Settings.from_environment()) as db:
        done = under_shield.decide(db, arguments.case, same=arguments.answer == "same", by=audit.command_line_actor())
    joined = f"joined in run {done.run}" if done.run is not None else "kept apart for good"
    said = f"The two are {joined}. This is decision {done.judgement_id}."
    print(json.dumps(asdict(done)) if arguments.json else said)
    return DONE


def part_command(arguments: Namespace) -> int:
    """Take a decision under a shield apart."""
    with _database(Settings.from_environment()) as db:
        done = under_shield.take_apart(db, arguments.decision, by=audit.command_line_actor())
    said = f"The two are parted in run {done.run}, and the shield is over both. This is decision {done.judgement_id}."
    print(json.dumps(asdict(done)) if arguments.json else said)
    return DONE


def stop_command(arguments: Namespace) -> int:
    """Stop a feed."""
    return _switch(arguments, stopped=True)


def start_command(arguments: Namespace) -> int:
    """Start a feed."""
    return _switch(arguments, stopped=False)


def _switch(arguments: Namespace, *, stopped: bool) -> int:
    if arguments.feed not in FEEDS:
        return _wrong_use(f"There is no feed {arguments.feed}. List them with: python -m loaders list.")
    with _database(Settings.from_environment()) as db:
        loads.switch_feed(db, feed=arguments.feed, stopped=stopped, by=audit.command_line_actor())
    done = "stopped" if stopped else "started"
    print(json.dumps({"feed": arguments.feed, done: True}) if arguments.json else f"{arguments.feed} is {done}.")
    return DONE


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    at = server.connection(settings)
    with Database(at.uri, at.user, at.password) as db:
        check_ready(db)
        yield db


def _say(results: Sequence[Loaded], as_json: bool) -> None:
    if as_json:
        shown = [asdict(result) for result in results]
        print(json.dumps(shown[0] if len(shown) == 1 else {"files": shown}, default=str))
        return
    for result in results:
        print(_sentence(result))
        for line in (*result.errors, *result.warnings):
            print(f"    {line}")
        for what, codes in (("refused", result.refused), ("skipped", result.skipped)):
            for code, count in sorted(codes.items()):
                print(f"    {what}: {count:,} {code}")
        if result.rejects:
            print(f"    refused rows: {result.rejects}")


def _sentence(result: Loaded) -> str:
    match result.outcome:
        case "loaded":
            return f"{result.file}: loaded as run {result.run}: {_changes(result)}"
        case "would load":
            return f"{result.file}: would load: {_changes(result)}. Nothing was written."
        case "already loaded":
            return f"{result.file}: already loaded as run {result.run}; nothing was written"
        case _:
            return f"{result.file}: {result.outcome}"


def _changes(result: Loaded) -> str:
    quarantined = result.counts.get("quarantined", 0)
    aside = f", {quarantined:,} in quarantine" if quarantined else ""
    changes = ", ".join(f"{result.counts.get(name, 0):,} {name}" for name in ("new", "changed", "unchanged", "ended"))
    return f"{result.rows:,} rows, {result.kept:,} kept ({changes}{aside})"


def _exit_code(results: Sequence[Loaded]) -> int:
    outcomes = {result.outcome for result in results}
    if "unreadable" in outcomes:
        return UNREADABLE
    return WOULD_NOT_LOAD if "would not load" in outcomes else DONE


def _wrong_use(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return WRONG_USE


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
