"""The files that lie in the inbox, recognised by name; and of a run's refused rows the lines, never the rows."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graph.model.errors import NotFound
from graph.model.feeds import FEEDS, KnownFeed
from graph.model.file_names import Name, WrongName, parsed

_MOST_LINES = 20


@dataclass(frozen=True)
class WaitingFile:
    """A file that a feed would take by its name."""

    path: Path
    name: Name
    feed: KnownFeed
    size: int
    arrived_at: datetime


@dataclass(frozen=True)
class Inbox:
    """What lies there: files that feeds take, and how many others there are. Others are not named: a name may tell."""

    files: tuple[WaitingFile, ...]
    others: int


@dataclass(frozen=True)
class RefusedLines:
    """Where the rows refused for one reason stand: the columns, and the first lines."""

    code: str
    columns: tuple[str, ...]
    lines: tuple[int, ...]
    more: bool


def read_inbox(folder: Path) -> Inbox:
    """The files of the inbox, in the order in which feeds are loaded; an inbox that is not there is empty."""
    found: list[WaitingFile] = []
    others = 0
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        waiting = _recognised(path)
        if waiting is None:
            others += 1
        else:
            found.append(waiting)
    place = list(FEEDS)
    found.sort(key=lambda file: (file.name.as_at, place.index(file.feed.name), file.name.supplier))
    return Inbox(tuple(found), others)


def find_file(folder: Path, name: str) -> WaitingFile:
    """The file of the inbox with this name; it is looked for in the listing, never put together. Raises NotFound."""
    found = next((file for file in read_inbox(folder).files if file.path.name == name), None)
    if found is None:
        raise NotFound("There is no such file in the inbox. It may have been taken away. Open the list of files again.")
    return found


def _recognised(path: Path) -> WaitingFile | None:
    """The file as a feed's, or None: a folder, a link, or a name that is not of our form."""
    if path.is_symlink() or not path.is_file():
        return None
    try:
        name = parsed(path)
        told = path.stat()
    except (WrongName, FileNotFoundError):
        return None
    if name is None or name.feed not in FEEDS:
        return None
    return WaitingFile(path, name, FEEDS[name.feed], told.st_size, datetime.fromtimestamp(told.st_mtime, tz=UTC))


def refused_lines(rejects: Path, sha256: str | None) -> tuple[RefusedLines, ...]:
    """Where the refused rows of a file stand, by reason; nothing once its reject file has been deleted."""
    if sha256 is None or not sha256.isalnum():
        return ()
    told = sorted((rejects / sha256[:12]).glob("*.reasons.csv"))
    return _by_reason(told[0]) if told else ()


def lines_in(rejects: Path, told: str | None) -> tuple[RefusedLines, ...]:
    """The same, by what a command said of where its reject file is; nothing if that is not in the folder of rejects."""
    if told is None or Path(told).parent.parent != rejects:
        return ()
    return refused_lines(rejects, Path(told).parent.name)


def _by_reason(path: Path) -> tuple[RefusedLines, ...]:
    with open(path, encoding="utf-8", newline="") as file:
        rows = [(row["reason"], row["column"], int(row["line"])) for row in csv.DictReader(file)]
    codes = dict.fromkeys(code for code, _, _ in rows)
    return tuple(_lines_of(code, [row for row in rows if row[0] == code]) for code in codes)


def _lines_of(code: str, rows: list[tuple[str, str, int]]) -> RefusedLines:
    lines = sorted({line for _, _, line in rows})
    columns = tuple(sorted({column for _, column, _ in rows if column}))
    return RefusedLines(code, columns, tuple(lines[:_MOST_LINES]), len(lines) > _MOST_LINES)
