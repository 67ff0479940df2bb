"""Refused rows: kept in the feed's own format, to be corrected and loaded, with their reasons beside them."""

import csv
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from graph.model.file_names import Name
from graph.model.refusals import sentence
from loaders import read, read_fhir, read_xml
from loaders.feed import Feed
from loaders.opened import Watched, members, sound

_KEPT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Refusal:
    """Why one row is refused, and where the cause stands."""

    row: int
    line: int
    column: str
    code: str
    value: str


def masked(value: str) -> str:
    """The shape of a value: every digit a 9, every letter an A or a, at most 40 characters."""
    shape = re.sub(r"[^\W\d_]", lambda letter: "A" if letter[0].isupper() else "a", re.sub(r"\d", "9", value[:40]))
    return shape + ("…" if len(value) > 40 else "")


def delete_old(folder: Path, *, now: float) -> int:
    """How many reject files were deleted because they are older than 30 days: they hold people's rows."""
    old = [path for path in folder.rglob("*") if path.is_file() and now - path.stat().st_mtime > _KEPT_SECONDS]
    for path in old:
        path.unlink()
    return len(old)


def write_rejects(
    feed: Feed, path: Path, name: Name, refusals: Sequence[Refusal], *, folder: Path, sha256: str
) -> Path | None:
    """The reject file of these refusals, in a folder of its own; None where no row is refused.

    Its name says that it is a delta of the same supplier and day, so it can be corrected and loaded as it is.
    Columns that are dropped on purpose are empty in it: what may not be kept is not kept here either.
    """
    if not refusals:
        return None
    extension = {"xml": "xml", "fhir": "jsonl"}.get(feed.source.format, "csv")
    target = folder / sha256[:12] / replace(name, full=False, ext=extension).file_name()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.parent.mkdir(exist_ok=True, mode=0o700)
    with _private(target, feed.source.encoding) as out, sound(path):
        rows = {refusal.row for refusal in refusals}
        for text in _texts(feed, path, rows):
            out.write(text)
    with _private(target.with_suffix(".reasons.csv"), "utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["line", "column", "reason", "value", "sentence"])
        writer.writerows([one.line, one.column, one.code, one.value, sentence(one.code)] for one in refusals)
    return target


@contextmanager
def _private(path: Path, encoding: str) -> Iterator[IO[str]]:
    """A file that nobody else can read from its first byte on, and that is there only when it is whole."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "w", encoding=encoding, newline="", errors="backslashreplace") as file:
        yield file
    os.replace(fresh, path)


def _texts(feed: Feed, path: Path, rows: Collection[int]) -> Iterator[str]:
    """What stands in the reject file: what surrounds the rows, and each refused row."""
    before, begun = 0, False
    for label, watched in members(path, feed.source):
        match feed.source.format:
            case "fhir":
                yield from _fhir_texts(feed, label, watched, rows)
            case "xml":
                yield from _xml_texts(feed, label, watched, rows)
            case _:
                reading = _csv_texts(feed, label, watched, {row - before for row in rows}, begun)
                for kind, text in reading:
                    before += kind
                    if text:
                        yield text
                begun = True


def _csv_texts(
    feed: Feed, label: str, watched: Watched, rows: Collection[int], begun: bool
) -> Iterator[tuple[int, str]]:
    """For each row 1 and its text, if it is one of these; before the first row of the file its headings."""
    lines = read.lines_of(feed.source, label, watched, keep=True)
    split = read.split(lines, feed.source.delimiter)
    headings = read.headings_of(feed.source, label, split)
    kept = read.wanted(feed)
    if feed.source.format == "csv" and not begun:
        yield 0, _csv_line(headings, feed.source.delimiter)
    lines.held.clear()
    for number, (_, cells) in enumerate(split, 1):
        if number in rows:
            whole = cells is not None and len(cells) == len(headings)
            shown = [cell if heading in kept else "" for cell, heading in zip(cells or (), headings, strict=False)]
            yield 1, _csv_line(shown, feed.source.delimiter) if whole else "".join(lines.held)
        else:
            yield 1, ""
        lines.held.clear()


def _csv_line(cells: Sequence[str], delimiter: str) -> str:
    quoted = ['"' + cell.replace('"', '""') + '"' if re.search(f'["\r\n{delimiter}]', cell) else cell for cell in cells]
    return delimiter.join(quoted) + "\n"


def _fhir_texts(feed: Feed, label: str, watched: Watched, rows: Collection[int]) -> Iterator[str]:
    for number, row in enumerate(read_fhir.rows(feed, label, watched, raw=True), 1):
        if number in rows:
            yield row.raw.rstrip("\n") + "\n"


def _xml_texts(feed: Feed, label: str, watched: Watched, rows: Collection[int]) -> Iterator[str]:
    around = read_xml.Around()
    opened = False
    for number, row in enumerate(read_xml.rows(feed, label, watched, raw=True, around=around), 1):
        if number not in rows:
            continue
        if not opened:
            yield around.before()
            opened = True
        yield row.raw + "\n"
    if opened:
        yield around.after()
