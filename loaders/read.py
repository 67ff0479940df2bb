"""Reads a file of any declared format in chunks of text: nothing is interpreted, and lines keep their numbers."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graph.model.errors import Unreadable
from graph.model.refusals import Reason
from loaders import read_fhir, read_xml
from loaders.clean import series
from loaders.feed import Feed, Source
from loaders.nested import Nested
from loaders.opened import BLOCK, Watched, members, sound

CHUNK = 100_000
NESTED = 20  # a nested row takes as much room as that many flat ones
Say = Callable[[str], None]


@dataclass(frozen=True)
class Broken:
    """A row that could not be taken apart."""

    row: int
    line: int
    code: Reason


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file as text. `frame` has `row`, `line`, `part` and one column for each source column kept."""

    frame: pd.DataFrame
    rows: int
    headings: tuple[str, ...]  # what the file calls its columns, as far as it has been read
    broken: Sequence[Broken] = field(default_factory=tuple)
    share: float = 0.0  # how much of the file lies behind


def chunks(feed: Feed, path: Path, *, warn: Say, size: int = CHUNK) -> Iterator[Chunk]:
    """The rows of the file in order; an Unreadable where it is not what it claims to be."""
    before = 0
    with sound(path):
        for label, watched in members(path, feed.source):
            for chunk in _member_chunks(feed, label, watched, size, before):
                yield replace(chunk, share=watched.share())
                before += chunk.rows
            _say_notes(label, watched, warn)


def _member_chunks(feed: Feed, label: str, watched: Watched, size: int, before: int) -> Iterator[Chunk]:
    match feed.source.format:
        case "csv" | "csv_positions":
            return _csv_chunks(feed, label, watched, size, before)
        case "xml":
            return _nested_chunks(feed, read_xml.rows(feed, label, watched), size, before)
        case "fhir":
            return _nested_chunks(feed, read_fhir.rows(feed, label, watched), size, before)
        case other:
            raise ValueError(f"{feed.name} declares a format that nobody can read: {other}")


def _say_notes(label: str, watched: Watched, warn: Say) -> None:
    if watched.marked:
        warn(f"{label} begins with the mark of UTF-8, which is not needed and was passed over.")
    if watched.lost:
        warn(f"{label} holds {watched.lost} letters lost upstream (U+FFFD). Tell its supplier; they stay as they are.")


# Comma-separated files


class Lines:
    """The lines of a text, remembering the last one, and on request all since they were last let go."""

    def __init__(self, text: "io.TextIOWrapper", label: str, encoding: str, keep: bool = False) -> None:
        self._text, self._label, self._encoding, self._keep = text, label, encoding, keep
        self.last, self.held, self.count = "", [""], 0

    def __iter__(self) -> Iterator[str]:
        try:
            for line in self._text:
                self.last = line
                self.count += 1
                if self._keep:
                    self.held.append(line)
                yield line
        except UnicodeDecodeError as error:
            raise self._misfit(error) from error

    def _misfit(self, error: UnicodeDecodeError) -> Unreadable:
        before = error.object[: error.start]
        line = self.count + 1 + before.count(b"\n")
        return Unreadable(
            f"{self._label} is not {self._encoding}: the byte 0x{error.object[error.start]:02x} in line {line} "
            f"cannot be one of its letters. Ask for the file in {self._encoding}."
        )


def split(lines: Lines, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each row with the line on which it begins; None in place of its cells where it cannot be taken apart."""
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise Unreadable(
                    f"{lines._label} ends inside quotation marks that open in line {begins}: it is cut off, "
                    f"or a quotation mark is missing there. Fetch it again."
                ) from error
            yield begins, None
        else:
            if cells:
                yield begins, cells
        begins = reader.line_num + 1


def lines_of(source: Source, label: str, watched: Watched, *, keep: bool = False) -> Lines:
    """The decoded lines of a text file."""
    text = io.TextIOWrapper(io.BufferedReader(watched, BLOCK), encoding=source.encoding, newline="")
    return Lines(text, label, source.encoding, keep)


def _csv_chunks(feed: Feed, label: str, watched: Watched, size: int, before: int) -> Iterator[Chunk]:
    lines = lines_of(feed.source, label, watched)
    rows = split(lines, feed.source.delimiter)
    headings = headings_of(feed.source, label, rows)
    kept = {heading: place for place, heading in enumerate(headings) if heading in wanted(feed)}
    collected = _Rows(len(headings), kept, before)
    begun = False
    for line, cells in rows:
        if collected.whole >= size or len(collected.broken) >= size:
            yield collected.chunk(headings)
            begun, collected = True, _Rows(len(headings), kept, collected.row)
        collected.add(line, cells)
    _refuse_cut_off(label, lines, collected)
    if len(collected) or not begun:
        yield collected.chunk(headings)


def _refuse_cut_off(label: str, lines: Lines, collected: "_Rows") -> None:
    """Stops where the last row is too short and its line has no end: such a file lacks more than that row."""
    last = collected.broken[-1] if collected.broken else None
    if last is not None and last.row == collected.row and not lines.last.endswith(("\n", "\r")):
        raise Unreadable(f"{label} ends in the middle of line {last.line}: it is cut off. Fetch it again.")


def headings_of(source: Source, label: str, rows: Iterator[tuple[int, list[str] | None]]) -> tuple[str, ...]:
    """What the file calls its columns: its first line, or their positions."""
    if source.format == "csv_positions":
        return tuple(str(place) for place in range(1, source.width + 1))
    _, first = next(rows, (1, []))
    if not first:
        raise Unreadable(f"{label} has no line of headings that can be read. Give the file of this feed.")
    headings = tuple(heading.strip() for heading in first)
    twice = sorted({heading for heading in headings if headings.count(heading) > 1})
    if twice:
        raise Unreadable(f"{label} has two columns called {twice[0]!r}. Ask its supplier which one is meant.")
    return headings


def wanted(feed: Feed) -> dict[str, str]:
    """Every heading under which a kept column may come → the heading by which the feed declares it."""
    also = {other: heading for heading, column in feed.columns.items() for other in column.also}
    return {heading: heading for heading in feed.columns} | also


class _Rows:
    """Rows on their way into a chunk."""

    def __init__(self, width: int, kept: Mapping[str, int], before: int = 0) -> None:
        self._width, self._kept, self._before = width, kept, before
        self._cells: list[list[str]] = []
        self._places: list[int] = []
        self.broken: list[Broken] = []

    def __len__(self) -> int:
        return len(self._cells) + len(self.broken)

    @property
    def whole(self) -> int:
        """How many rows could be taken apart."""
        return len(self._cells)

    @property
    def row(self) -> int:
        """The number of the last row."""
        return self._before + len(self)

    def add(self, line: int, cells: list[str] | None) -> None:
        """Takes a row, whole or broken."""
        if cells is not None and len(cells) == self._width:
            self._cells.append(cells)
            self._places.append(line)
            return
        code = Reason.MALFORMED_ROW if cells is None else Reason.RAGGED_ROW
        self.broken.append(Broken(self.row + 1, line, code))

    def chunk(self, headings: tuple[str, ...]) -> Chunk:
        """The rows taken so far."""
        columns = list(zip(*self._cells, strict=True)) or [()] * self._width
        numbers = np.arange(self._before + 1, self.row + 1, dtype=np.int64)
        whole = np.delete(numbers, [one.row - self._before - 1 for one in self.broken])
        frame = pd.DataFrame({"row": whole, "line": np.array(self._places, np.int64)})
        frame = frame.assign(**{heading: texts(columns[place]) for heading, place in self._kept.items()})
        return Chunk(frame, len(self), headings, tuple(self.broken))


def texts(cells: Sequence[str | None]) -> pd.Series:
    """The cells as a column of text; one that holds half a letter becomes a NUL, which every cleaner refuses."""
    try:
        return series(pa.array(cells, pa.string()))
    except UnicodeEncodeError:
        whole = [
            None if cell is None else "".join("\0" if "\ud800" <= c <= "\udfff" else c for c in cell) for cell in cells
        ]
        return series(pa.array(whole, pa.string()))


# Nested files: each row becomes a row of the frame, and each thing that repeats in it another row below


def _nested_chunks(feed: Feed, rows: Iterator[Nested], size: int, before: int) -> Iterator[Chunk]:
    seen: dict[str, None] = {}
    waiting: list[Nested] = []
    first, begun = before, False
    for row in rows:
        waiting.append(row)
        if len(waiting) >= max(1, size // NESTED):
            yield _nested_chunk(feed, waiting, first, seen)
            begun, first, waiting = True, first + len(waiting), []
    if waiting or not begun:
        yield _nested_chunk(feed, waiting, first, seen)


def _nested_chunk(feed: Feed, rows: Sequence[Nested], before: int, seen: dict[str, None]) -> Chunk:
    broken = [Broken(before + place, row.line, row.code) for place, row in enumerate(rows, 1) if row.code is not None]
    parts = [
        (before + place, row.line, part, values)
        for place, row in enumerate(rows, 1)
        if row.code is None
        for part, values in row.parts
    ]
    for _, _, _, values in parts:
        seen.update(dict.fromkeys(values))
    frame = pd.DataFrame(
        {
            "row": np.array([part[0] for part in parts], np.int64),
            "line": np.array([part[1] for part in parts], np.int64),
            "part": texts([part[2] for part in parts]),
        }
    )
    return Chunk(frame.assign(**_columns(feed, parts, seen)), len(rows), tuple(seen), tuple(broken))


def _columns(
    feed: Feed, parts: Sequence[tuple[int, int, str, Mapping[str, str]]], seen: Mapping[str, None]
) -> dict[str, pd.Series]:
    cells: dict[str, list[str | None]] = {heading: [None] * len(parts) for heading in wanted(feed) if heading in seen}
    for place, (_, _, _, values) in enumerate(parts):
        for heading, value in values.items():
            if heading in cells:
                cells[heading][place] = value
    return {heading: texts(column) for heading, column in cells.items()}
