"""The files that are loaded: a population invented for the purpose, or a folder of files, and the same again later."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

import zstandard

from benchmarks.measure import apart, timed
from graph.model.file_names import parsed
from loaders.commands import File, files_of
from loaders.synthetic import synthesise

_COMPRESS_FROM = 100_000  # children; smaller populations are quicker to look into as plain text
_BLOCK = 1 << 20
_LEVEL = 1  # other than the level of the generator, so that the same content makes another file


def invent(folder: Path, *, children: int, seed: int, as_at: date) -> float:
    """How many seconds it took to write the population's files into the folder."""
    return apart(_invent, folder, children, seed, as_at)


def _invent(folder: Path, children: int, seed: int, as_at: date) -> float:
    compress = children >= _COMPRESS_FROM
    return timed(lambda: synthesise(folder, children=children, as_at=as_at, seed=seed, compress=compress))


def files(folder: Path) -> list[File]:
    """The folder's files that a feed takes, in the order in which they are loaded."""
    return files_of(folder)[0]


def say_again(folder: Path, out: Path, *, days: int = 1) -> None:
    """Writes every file of a folder once more, with the same rows, a later date in its name and other bytes."""
    out.mkdir(mode=0o700, parents=True)
    for path, name in files(folder):
        later = f".{name.as_at + timedelta(days=days)}."
        target = out / path.name.replace(f".{name.as_at}.", later, 1)
        if path.suffix == ".zip":
            _zip_again(path, target)
            continue
        packed = target if target.suffix == ".zst" else target.with_name(f"{target.name}.zst")
        with path.open("rb") as source, packed.open("wb") as sink:
            _pack(_unpacked(source, path), sink)


def _unpacked(source: BinaryIO, path: Path) -> BinaryIO:
    match path.suffix:
        case ".zst":
            return io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True))
        case ".gz":
            raise ValueError(f"{path.name}: unpack it first; only plain, .zip and .zst files are said again.")
        case _:
            return source


def _pack(source: BinaryIO, sink: BinaryIO) -> None:
    with zstandard.ZstdCompressor(level=_LEVEL).stream_writer(sink, closefd=False) as packer:
        while block := source.read(_BLOCK):
            packer.write(block)


def _zip_again(path: Path, target: Path) -> None:
    with ZipFile(path) as source, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as sink:
        for member in source.infolist():
            sink.writestr(member.filename, source.read(member))
        sink.comment = b"said again"


def dated(folder: Path) -> date:
    """The latest date of a folder's files."""
    return max(name.as_at for path in folder.iterdir() if (name := parsed(path)) is not None)
