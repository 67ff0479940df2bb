"""What a person types: list the feeds, check a file, make an invented population, and what the load adds."""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from graph.model.errors import SignpostError, Unreachable, Unreadable
from graph.model.file_names import WrongName
from graph.model.refusals import sentence
from graph.services.progress import kept
from graph.settings import Settings, SettingsError
from loaders import check, naming, registry
from loaders.commands import register
from loaders.feed import Feed
from loaders.keys import hashing_key
from loaders.loading import context_for
from loaders.terminal import (
    DONE,
    INTERRUPTED,
    UNREACHABLE,
    UNREADABLE,
    WOULD_NOT_LOAD,
    WRONG_USE,
    add_progress_argument,
    add_scope_arguments,
    bars,
)

_NOT_DONE = "It was not done. What was found stands below."


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the words say and gives the exit code."""
    chosen = _parser().parse_args(arguments)
    with kept(getattr(chosen, "progress", None)) as chosen.told:
        code, said = _outcome(chosen)
        if chosen.told is not None:
            chosen.told.end(code, said)
    return code


def _outcome(chosen: argparse.Namespace) -> tuple[int, str]:
    """The exit code, and why it is not 0 in a sentence."""
    try:
        code = int(chosen.run(chosen))
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED, "Interrupted."
    except (SignpostError, SettingsError) as error:
        print(error, file=sys.stderr)
        return _code_of(error), str(error)
    return code, _NOT_DONE if code else ""


def _code_of(error: Exception) -> int:
    match error:
        case Unreadable():
            return UNREADABLE
        case Unreachable():
            return UNREACHABLE
        case WrongName() | SettingsError():
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
    checking.add_argument("feed", choices=list(registry.FEEDS), metavar="FEED", help="; ".join(registry.FEEDS))
    checking.add_argument("file", type=Path, metavar="FILE")
    add_scope_arguments(checking)
    checking.add_argument(
        "--rejects", type=Path, metavar="DIR", help="where refused rows go (default: in SIGNPOST_HOME)"
    )
    checking.add_argument("--json", action="store_true", help="print one JSON object")
    add_progress_argument(checking)
    checking.set_defaults(run=_check)
    _add_synthesise(commands)
    _add_train(commands)
    register(commands)
    return parser


def _add_synthesise(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("synthesise", help="write an invented population in the genuine formats")
    parser.add_argument("--children", type=int, required=True, metavar="N")
    parser.add_argument("--as-at", type=dt.date.fromisoformat, default=dt.date.today(), metavar="DATE")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postcodes", type=Path, metavar="FILE", help="a postcode file whose places are used")
    parser.add_argument("--compress", action="store_true", help="write .zst")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.set_defaults(run=_synthesise)


def _add_train(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("train", help="learn from an invented population who is who, and report how well")
    parser.add_argument("--children", type=int, default=20_000, metavar="N", help="of either population")
    parser.add_argument("--seed", type=int, default=1, help="of the population to learn from; the next one tries it")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder that gets model.json and report.html")
    parser.set_defaults(run=_train)


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
    with bars(file=chosen.told) as shown:
        checked = check.check_file(
            feed,
            chosen.file,
            context=context_for(settings.home, hashing_key(settings.keys_folder), name),
            name=name,
            rejects=chosen.rejects or settings.home / "rejects",
            progress=lambda rows: shown.rows("read", rows),
            share=lambda share: shown.share("read", share),
        )
    print(json.dumps(as_json(checked), ensure_ascii=False) if chosen.json else in_words(checked))
    return DONE if checked.would_load else WOULD_NOT_LOAD


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
        "rejects": str(checked.rejects) if checked.rejects else None,
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

    with bars() as shown:
        synthesise(
            chosen.out,
            children=chosen.children,
            as_at=chosen.as_at,
            seed=chosen.seed,
            postcodes=chosen.postcodes,
            compress=chosen.compress,
            progress=lambda stage, done, total: shown.rows("children", done, total),
        )
    return DONE


def _train(chosen: argparse.Namespace) -> int:
    from loaders.who import report, training, weights  # noqa: PLC0415 - they draw in what no other command needs
    from loaders.who.evaluation import evaluate  # noqa: PLC0415
    from loaders.who.invented import drawn  # noqa: PLC0415

    chosen.out.mkdir(parents=True, exist_ok=True)
    _tell(f"Learning from {chosen.children:,} invented children …")
    model = training.on_invented(children=chosen.children, seed=chosen.seed)
    kept = chosen.out / "model.json"
    weights.save(model, kept)
    _tell(f"Trying it on {chosen.children:,} others …")
    found = evaluate(model, drawn(children=chosen.children, seed=chosen.seed + 1))
    held_out = f"synthesise --children {chosen.children} --seed {chosen.seed + 1}"
    page = report.in_html(model, kept.read_bytes(), held_out, found)
    (chosen.out / "report.html").write_text(page, encoding="utf-8")
    whole = found.all
    if chosen.json:
        print(json.dumps({"model": str(kept), **asdict(whole), "precision": whole.precision, "recall": whole.recall}))
        return DONE
    print(
        f"{whole.links:,} of {whole.records:,} records linked, {whole.false:,} falsely; recall {whole.recall:.4f}; "
        f"{whole.review:.2%} to review. {kept} and report.html are written.\n"
        f"To use the model, put it in the place of {weights.SHIPPED.relative_to(weights.SHIPPED.parents[2])}."
    )
    return DONE


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
