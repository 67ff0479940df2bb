"""Files as suppliers name them, written piece by piece: the same bytes for the same rows on any machine."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import zstandard

from loaders.synthetic.identifiers import Texts


@dataclass(frozen=True)
class Written:
    """One file that was written."""

    path: Path
    feed: str
    supplier: str
    rows: int


def file_name(feed: str, supplier: str, as_at: date, ext: str, *, kind: str = "full") -> str:
    """The name under which a loader knows feed, supplier, date and kind."""
    return f"{feed}.{supplier}.{as_at.isoformat()}.{kind}.{ext}"


class Sink:
    """One file being written, compressed or not."""

    def __init__(self, path: Path, feed: str, supplier: str, *, compress: bool) -> None:
        """Open the file; with compression its name gains .zst."""
        self.path = path.with_name(path.name + ".zst") if compress else path
        self.feed, self.supplier, self.rows = feed, supplier, 0
        self._headed = False
        self._raw: IO[bytes] = self.path.open("wb")
        self._out: IO[bytes] = (
            zstandard.ZstdCompressor(level=3).stream_writer(self._raw, closefd=False) if compress else self._raw
        )

    def __enter__(self) -> "Sink":
        """The open file."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, whatever happened."""
        self.close()

    def text(self, text: str, *, encoding: str = "utf-8") -> None:
        """Write text as it is."""
        self._out.write(text.encode(encoding))

    def table(self, columns: Mapping[str, object], *, rows: int) -> None:
        """Write columns as CSV, with a header line if these are the first rows."""
        if not self._headed:
            self._headed = True
            self.text(",".join(columns) + "\n")
        self.rows += rows
        if rows:
            table = pa.table({name: text(column, rows) for name, column in columns.items()})
            out = io.BytesIO()
            # No name or address here has a comma or a quotation mark; if one ever had, this would raise.
            options = pacsv.WriteOptions(include_header=False, quoting_style="none")
            pacsv.write_csv(table, out, options)
            self._out.write(out.getbuffer())

    def pieces(self, pieces: pa.Array, *, rows: int) -> None:
        """Write the texts one after the other, and count them as that many rows."""
        self.rows += rows
        if len(pieces):
            self._out.write(_payload(pieces))

    def close(self) -> None:
        """Finish the file."""
        if self._out is not self._raw:
            self._out.close()
        self._raw.close()

    def written(self) -> Written:
        """What was written."""
        return Written(self.path, self.feed, self.supplier, self.rows)


def text(column: object, rows: int) -> pa.Array:
    """A column as Arrow text; one text alone stands in every row."""
    match column:
        case str():
            return pa.repeat(pa.scalar(column, pa.large_string()), rows)
        case pa.Array() | pa.ChunkedArray():
            return column.cast(pa.large_string())
        case np.ndarray():
            made = pa.array(column) if column.dtype.kind in "iu" else pa.array(column, type=pa.large_string())
            return made.cast(pa.large_string())
        case _:
            raise TypeError(f"A column cannot be made of {type(column).__name__}.")


def join(*parts: object, rows: int) -> pa.Array:
    """Texts and columns joined row by row."""
    return pc.binary_join_element_wise(*[text(part, rows) for part in parts], pa.scalar("", pa.large_string()))


def when(mask: "np.ndarray[tuple[int], np.dtype[np.bool_]]", column: object, rows: int, other: object = "") -> pa.Array:
    """The column where the mask holds, elsewhere the other."""
    return pc.if_else(pa.array(mask), text(column, rows), text(other, rows))


def take(table: Texts, index: "np.ndarray[tuple[int], np.dtype[np.int64]]", missing: str = "") -> Texts:
    """The texts at those rows; where the row is negative, the missing text."""
    found: Texts = table[np.maximum(index, 0)].copy()
    found[index < 0] = missing
    return found


def _payload(pieces: pa.Array) -> memoryview:
    """The bytes of all texts, one after the other, as Arrow already holds them."""
    flat = pieces.combine_chunks() if isinstance(pieces, pa.ChunkedArray) else pieces
    flat = flat.cast(pa.large_string())
    _, offsets, data = flat.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[flat.offset : flat.offset + len(flat) + 1]
    return memoryview(data)[int(ends[0]) : int(ends[-1])]


def total(written: Iterable[Written]) -> int:
    """All rows of those files."""
    return sum(each.rows for each in written)
