"""`python -m graph audit …`: verify the chains, seal them, and hand events out with their proofs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

from graph import verifier
from graph.commands import again_and_again, open_database, seconds
from graph.model.checkpoint import read_public_key
from graph.model.errors import Conflict, Unreadable
from graph.services import audit, looks, sealing
from graph.services.sealed_log import SealedLog
from graph.settings import Settings, sealer_key_file

# argparse has no public name for this type.
Subparsers: TypeAlias = "argparse._SubParsersAction[ArgumentParser]"


def register_audit(subparsers: Subparsers) -> None:
    """Adds the commands about the audit log."""
    text = "verify, seal and hand out the audit log"
    acts = subparsers.add_parser("audit", help=text, description="The audit log.").add_subparsers(
        required=True, metavar="act"
    )
    verifying = _add(acts, "verify", run_verify, "check every chain from its first event, and against every checkpoint")
    verifying.add_argument("--sealed", action="store_true", help="it is a fault if nothing is sealed")
    verifying.add_argument("--key", help="the public key, from somebody whom you trust; else the one beside the log")
    verifying.add_argument(
        "--checkpoint", type=Path, action="append", default=[], help="a copy of a checkpoint that was kept elsewhere"
    )
    making = _add(acts, "key", run_key, "make the key that signs checkpoints, once for each log")
    making.add_argument("--name", default="signpost/audit", help="the log's name, such as signpost.example/audit")
    _add(acts, "seal", run_seal, "verify what is new, and sign a checkpoint").add_argument(
        "--every", type=seconds, metavar="SECONDS", help="stay, and seal as often"
    )
    exporting = _add(acts, "export", run_export, "write events with their proofs into a new file")
    exporting.add_argument("file", type=Path)
    exporting.add_argument("--event", action="append", required=True, metavar="KEY", help="such as 3:17; repeat it")
    exporting.add_argument("--since", type=Path, help="an earlier checkpoint: prove that the log has only grown")
    looking = _add(acts, "looks", run_looks, "list who looked at a child, or what a user did")
    whose = looking.add_mutually_exclusive_group(required=True)
    whose.add_argument("--child", help="the child's number in this directory")
    whose.add_argument("--user", metavar="USERNAME")
    looking.add_argument("--json", action="store_true", help="answer in JSON")
    _add(acts, "verifier", run_verifier, "print the program that verifies an export by itself")


def _add(acts: Subparsers, name: str, command: object, text: str) -> ArgumentParser:
    parser = acts.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(command=command)
    return parser


def run_verify(settings: Settings, arguments: Namespace) -> int:
    """Verify the audit log."""
    key = read_public_key(arguments.key) if arguments.key else None
    copies = [_read(path) for path in arguments.checkpoint]
    strict = arguments.sealed or key is not None or bool(copies)
    with open_database(settings) as db:
        found = sealing.verify(db, SealedLog(settings.sealed_folder), key=key, copies=copies, strict=strict)
    if found.faults:
        print("\n".join(found.faults))
        return 1
    print("Every chain of the audit log holds.")
    if found.sealed is None:
        print("Nothing is sealed: whoever can write to the graph could have written every chain anew.")
    else:
        print(f"{found.sealed:,} of {found.events:,} events are sealed, and are as they were.")
    return 0


def run_key(settings: Settings, arguments: Namespace) -> int:
    """Make the key of the sealed log."""
    made = sealing.make_key(sealer_key_file(), SealedLog(settings.sealed_folder), arguments.name)
    print(f"The key is in {sealer_key_file()}, for the sealer alone. Its public half, to be given to everybody:")
    print(made.text)
    return 0


def run_seal(settings: Settings, arguments: Namespace) -> int:
    """Seal what is new, once or as often as is said."""
    log, signer = SealedLog(settings.sealed_folder), sealing.read_key(sealer_key_file())

    def once() -> int:
        with open_database(settings) as db:
            made = sealing.seal(db, log, signer)
        print(f"{made.new:,} new; {made.checkpoint.size:,} events are sealed.", flush=True)
        return 0

    return again_and_again(once, arguments.every)


def run_export(settings: Settings, arguments: Namespace) -> int:
    """Write events with their proofs into a new file, and that this was done into the audit log."""
    since = _read(arguments.since) if arguments.since else None
    if arguments.file.exists():
        raise Conflict(f"{arguments.file} is there already. Name a new file.")
    with open_database(settings) as db:
        events = audit.list_events_named(db, arguments.event)
        found = sealing.exported(SealedLog(settings.sealed_folder), events, since)
        children = tuple(sorted({child for event in events for child in event.child_refs}))
        keys = tuple(event.key for event in events)
        audit.record_listing(db, "audit.export", child_refs=children, fields=keys, count=len(keys))
    only_for_owner = os.open(arguments.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(only_for_owner, "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1)
    print(
        f"{len(events)} events are in {arguments.file}. Verify them with: python verify_audit.py, and the public key."
    )
    return 0


def run_looks(settings: Settings, arguments: Namespace) -> int:
    """List who looked at a child, or what a user did; that is in the audit log as well."""
    with open_database(settings) as db:
        page = looks.list_at_command_line(db, child=arguments.child, username=arguments.user)
    if arguments.json:
        print(json.dumps(asdict(page), default=str))
        return 0
    for line in page.lines:
        who = ", ".join(word for word in (line.who, line.organisation, line.role) if word)
        times = f" ({line.times} times)" if line.times > 1 else ""
        what = f"{line.what}{', refused' if line.refused else ''}"
        print(f"{line.at:%Y-%m-%d %H:%M} UTC  {who}: {what}{times}. {line.why}. {' '.join(line.children)}".rstrip())
    print(f"{len(page.lines)} lines" + (", and older ones that are not listed." if page.more else "."))
    return 0


def run_verifier(_settings: Settings, _arguments: Namespace) -> int:
    """Print the verifier."""
    sys.stdout.write(Path(verifier.__path__[0], "verify_audit.py").read_text(encoding="utf-8"))
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
