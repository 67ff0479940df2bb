"""What a person types: list the feeds, check a file, make an invented population, and what the load adds."""

import argparse
import datetime as dt
import importlib.util
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from graph.model.errors import NotFound, SignpostError, Unreachable, Unreadable
from graph.settings import Settings, SettingsError
from loaders import areas, check, keys, naming, registry
from loaders.feed import Context, Feed
from loaders.reasons import sentence

DONE, WOULD_NOT_LOAD, WRONG_USE, UNREADABLE, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the words say and gives the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except (SignpostError, SettingsError) as error:
        print(error, file=sys.stderr)
        return _code_of(error)


def _code_of(error: Exception) -> int:
    match error:
        case Unreadable():
            return UNREADABLE
        case Unreachable():
            return UNREACHABLE
        case naming.WrongName() | SettingsError():
            return WRONG_USE
        case _:
            return WOULD_NOT_LOAD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m loaders", description="Files from outside, and how they become records."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="the feeds, in the order in which they are loaded")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=_list)
    checking = commands.add_parser("check", help="judge a file alone; nothing is loaded")
    add_file_arguments(checking)
    checking.set_defaults(run=_check)
    _add_synthesise(commands)
    if importlib.util.find_spec("loaders.loading") is not None:
        importlib.import_module("loaders.loading").register(commands)
    return parser


def add_file_arguments(parser: argparse.ArgumentParser) -> None:
    """Gives the parser what names a feed and a file, and what the file's name may leave unsaid."""
    parser.add_argument("feed", choices=list(registry.FEEDS), metavar="FEED", help="; ".join(registry.FEEDS))
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--supplier", help="who sent it, where the name does not say")
    parser.add_argument("--as-at", type=dt.date.fromisoformat, metavar="DATE", help="the day of which it speaks")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--full", dest="full", action="store_true", default=None, help="it says everything")
    kind.add_argument("--delta", dest="full", action="store_false", help="it says what changed")
    parser.add_argument("--rejects", type=Path, metavar="DIR", help="where refused rows go (default: in SIGNPOST_HOME)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_synthesise(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("synthesise", help="write an invented population in the genuine formats")
    parser.add_argument("--children", type=int, required=True, metavar="N")
    parser.add_argument("--as-at", type=dt.date.fromisoformat, default=dt.date.today(), metavar="DATE")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postcodes", type=Path, metavar="FILE", help="a postcode file whose places are used")
    parser.add_argument("--compress", action="store_true", help="write .zst")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.set_defaults(run=_synthesise)


# The commands


def _list(chosen: argparse.Namespace) -> int:
    rows = [_described(feed) for feed in registry.FEEDS.values()]
    if chosen.json:
        print(json.dumps(rows, ensure_ascii=False))
        return DONE
    widths = {name: max(len(str(row[name])) for row in rows) for name in rows[0]}
    for row in rows:
        print("  ".join(str(row[name]).ljust(width) for name, width in widths.items()).rstrip())
    return DONE


def _described(feed: Feed) -> dict[str, object]:
    return {
        "feed": feed.name,
        "title": feed.title,
        "publisher": feed.publisher,
        "interval": f"every {feed.every_days} days" if feed.every_days > 1 else "every day",
        "form": {"csv_positions": "csv without header", "fhir": "fhir json lines"}.get(
            feed.source.format, feed.source.format
        ),
        "holds": "people" if feed.people else "reference",
    }


def _check(chosen: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    feed = registry.FEEDS[chosen.feed]
    name = naming.name_of(chosen.file, feed, supplier=chosen.supplier, as_at=chosen.as_at, full=chosen.full)
    with progress_bar(chosen.file.name) as bar:
        checked = check.check_file(
            feed,
            chosen.file,
            context=context_of(settings, name),
            name=name,
            rejects=chosen.rejects or settings.home / "rejects",
            progress=bar.rows,
            share=bar.share,
        )
    print(json.dumps(as_json(checked), ensure_ascii=False) if chosen.json else in_words(checked))
    return DONE if checked.would_load else WOULD_NOT_LOAD


def context_of(settings: Settings, name: naming.Name) -> Context:
    """What tidying may know on this machine: the look-up of areas, if there is one, and the key of hashes."""
    try:
        look_up = areas.open_areas(settings.home / "derived").authority_of
    except NotFound:
        look_up = None
    return Context(name.supplier, pd.Timestamp(name.as_at), look_up, keys.hashing_key(settings.keys_folder))


def as_json(checked: check.Checked) -> dict[str, object]:
    """What a check found, as one object of plain values."""
    return {
        "feed": checked.feed,
        "file": str(checked.file),
        "rows": checked.rows,
        "kept": checked.kept,
        "refused": dict(checked.refused),
        "skipped": dict(checked.skipped),
        "warnings": list(checked.warnings),
        "errors": list(checked.errors),
        "would_load": checked.would_load,
    }


def in_words(checked: check.Checked) -> str:
    """What a check found, in lines for a person."""
    lines = [f"{checked.file.name}: {checked.rows:,} rows, {checked.kept:,} kept"]
    for word, counts in (("refused", checked.refused), ("skipped", checked.skipped)):
        lines += [f"  {word} {times:,} ({code}): {sentence(code)}" for code, times in counts.items()]
    lines += [f"  warning: {warning}" for warning in checked.warnings]
    lines += [f"  error: {error}" for error in checked.errors]
    if checked.rejects is not None:
        lines.append(f"  refused rows are in {checked.rejects}")
    lines.append("It would load." if checked.would_load else "It would not load.")
    return "\n".join(lines)


def _synthesise(chosen: argparse.Namespace) -> int:
    from loaders.synthetic import synthesise  # noqa: PLC0415 - it draws in what no other command needs

    with progress_bar("children") as bar:
        synthesise(
            chosen.out,
            children=chosen.children,
            as_at=chosen.as_at,
            seed=chosen.seed,
            postcodes=chosen.postcodes,
            compress=chosen.compress,
            progress=lambda stage, done, total: _tell(bar, done, total),
        )
    return DONE


def _tell(bar: "Bar", done: int, total: int) -> None:
    bar.rows(done)
    bar.share(done / max(total, 1))


class Bar:
    """What is told of a running command; this one tells nobody."""

    def rows(self, rows: int) -> None:
        """Hears how many rows are done."""

    def share(self, share: float) -> None:
        """Hears what share of the whole is done."""


class _Shown(Bar):
    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task, self._began = bar, task, time.monotonic()

    def rows(self, rows: int) -> None:
        speed = rows / max(time.monotonic() - self._began, 0.001)
        self._bar.update(self._task, said=f"{rows:,} rows, {speed:,.0f} a second")

    def share(self, share: float) -> None:
        self._bar.update(self._task, completed=share)


@contextmanager
def progress_bar(label: str) -> Iterator[Bar]:
    """A bar on the terminal of errors with rows, rows a second and the time left; a silent one where nobody watches."""
    if not sys.stderr.isatty():
        yield Bar()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Shown(bar, bar.add_task(label, total=1.0, said=""))


if __name__ == "__main__":
    sys.exit(main())
