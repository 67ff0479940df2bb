"""Opens a file as its name says it is packed, and watches its bytes for what no good file holds."""

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from graph.model.errors import Unreadable
from loaders.feed import Source

BLOCK = 1 << 20
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LOST_LETTER = b"\xef\xbf\xbd"
_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zst", b"PK\x03\x04": "zip"}
_DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError, zipfile.BadZipFile)


class Watched(io.RawIOBase):
    """The bytes of a file, unpacked, as they are read: it counts lost letters and stops at a NUL byte."""

    def __init__(self, raw: BinaryIO, label: str, encoding: str, share: Callable[[], float] = lambda: 0.0) -> None:
        self._raw, self._label, self._encoding, self.share = raw, label, encoding, share
        self._lines, self._tail, self._begun = 1, b"", False
        self.lost, self.marked = 0, False

    def readable(self) -> bool:
        """True: it is there to be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer with the next bytes and give their number, 0 at the end."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        block = self._raw.read(len(view))
        if not self._begun:
            block = self._first(block)
        self._look(block)
        view[: len(block)] = block
        return len(block)

    def _first(self, block: bytes) -> bytes:
        self._begun = True
        if block.startswith(_UTF16_MARKS):
            raise Unreadable(f"{self._label} is written in UTF-16. Save it again as {self._encoding}.")
        for magic, packing in _PACKED.items():
            if block.startswith(magic):
                raise Unreadable(f"{self._label} is packed with {packing}, which its name does not say. Rename it.")
        if not block.startswith(_UTF8_MARK):
            return block
        if not self._encoding.startswith("utf-8"):
            raise Unreadable(
                f"{self._label} begins with the mark of UTF-8, but this feed comes as {self._encoding}: "
                f"it was saved again on its way. Ask for the file as it was published."
            )
        self.marked = True
        return block[3:] or self._raw.read(BLOCK)[: len(block)]

    def _look(self, block: bytes) -> None:
        if b"\0" in block:
            line = self._lines + block[: block.index(b"\0")].count(b"\n")
            raise Unreadable(
                f"{self._label} holds a NUL byte in line {line}: it is damaged, or no text. Ask for it again."
            )
        self._lines += block.count(b"\n")
        self.lost += (self._tail + block).count(_LOST_LETTER)
        self._tail = block[-2:]


class _Unzst(io.RawIOBase):
    """A zst file unpacked, all its frames; a frame that is cut off is an error, which the library itself lets pass."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw, self._waiting = raw, b""
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._inside = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._waiting:
            packed = self._raw.read(BLOCK // 8)
            if not packed:
                break
            self._waiting = self._unpack(packed)
        part, self._waiting = self._waiting[: len(view)], self._waiting[len(view) :]
        if not part and self._inside:
            raise EOFError("a frame is cut off")
        view[: len(part)] = part
        return len(part)

    def _unpack(self, packed: bytes) -> bytes:
        made = b""
        while packed:
            self._inside = True
            made += self._frame.decompress(packed)
            if not self._frame.eof:
                break
            packed = self._frame.unused_data
            self._frame, self._inside = zstandard.ZstdDecompressor().decompressobj(), False
        return made


def fingerprint(path: Path) -> str:
    """The SHA-256 of the file as it lies there, or an Unreadable that says why there is none."""
    if not path.is_file():
        raise Unreadable(f"{path} is not a file. Give the path of the file to read.")
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}. Ask for the right to read it.") from error


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Turns what unpacking says of a damaged file into one sentence."""
    try:
        yield
    except _DAMAGE as error:
        message = f"{path.name} is cut off or damaged: {error}. Fetch it again."
        raise Unreadable(message) from error


def members(path: Path, source: Source) -> Iterator[tuple[str, Watched]]:
    """Each text file that the file holds, by name: itself, or the members of an archive that the feed declares."""
    if path.suffix.lower() == ".zip" and "zip" in source.archives:
        yield from _zipped(path, source)
        return
    if path.suffix.lower() == ".zip":
        raise Unreadable(f"{path.name} is a zip, which this feed does not come as. Unpack it and give the file inside.")
    with path.open("rb") as file:
        if not file.read(1):
            raise Unreadable(f"{path.name} is empty. Fetch it again.")
        file.seek(0)
        size = path.stat().st_size
        yield path.name, Watched(_unpacked(file, path), path.name, source.encoding, lambda: file.tell() / size)


def _unpacked(file: BinaryIO, path: Path) -> BinaryIO:
    match path.suffix.lower():
        case ".gz":
            return cast(BinaryIO, gzip.GzipFile(fileobj=file))
        case ".zst":
            return cast(BinaryIO, io.BufferedReader(_Unzst(file), BLOCK))
        case _:
            return file


def _zipped(path: Path, source: Source) -> Iterator[tuple[str, Watched]]:
    with zipfile.ZipFile(path) as archive:
        inside = sorted(info.filename for info in archive.infolist() if Path(info.filename).match(source.members))
        if not inside:
            raise Unreadable(f"{path.name} holds no {source.members}. Give the publisher's own archive.")
        for member in inside:
            with archive.open(member) as file:
                label = f"{path.name}, {member}"
                share = archive.getinfo(member).header_offset / path.stat().st_size
                yield label, Watched(cast(BinaryIO, file), label, source.encoding, lambda share=share: share)  # type: ignore[misc]
