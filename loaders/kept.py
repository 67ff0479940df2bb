"""The index of who is known, kept as a file beside the graph: derived, versioned, thrown away when in doubt.

The graph is the record. Each load brings the file up to the runs that have been published since, by the children of
whom they told; where that cannot be told (another schema, a run undone, a graph restored, a file missing or damaged)
it is made anew. A new state is written beside the file and renamed, so a crash leaves the one before (decision 19).
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb
import pandas as pd

from graph.model.errors import Conflict, SignpostError
from graph.services import load_queries, loads
from graph.store import Database
from loaders.who.candidates import connect
from loaders.who.index import IDENTITY, KEYED, NAMES, SCHEMA, Index, chances_of

# What every observed identity of a child is made of, and who says it.
IDENTITIES = [
    "person", "record", "source", "supplier", "local_id", "forename", "middle_names", "family_name",
    "preferred_forename", "preferred_family_name", "former_family_name", "other_names", "date_of_birth", "sex",
    "postcode", "former_postcodes", "nhs_number", "upn", "multiple_birth", "address",
]  # fmt: skip
_FILE, _FOLDER, _BESIDE = "identities.duckdb", "who", "new-"
_AT_A_TIME = 5_000  # children asked of the graph at once
_PUT_AT_ONCE = 20_000
# So much of the index is held in memory at a time; the rest of what a question needs goes through the disk.
MEMORY = "1GB"
# While no more than one child in so many has been told of since, what was counted last will do for a few newcomers:
# no weight differs by a hundredth of a bit. An index of fewer children has to be up to date.
_ONE_IN = 10_000
_LEFT_BEHIND = 24 * 3600.0  # seconds after which what a killed process was writing is thrown away
_DAMAGED = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException)
Progress = Callable[[str, int, int], None]
_Run = tuple[int, str | None, str | None]


def everybody(db: Database) -> pd.DataFrame:
    """Every open record of every child, in the columns IDENTITIES; `address` is the first line of the home."""
    return said_of(db, [row[0] for row in db.stream(load_queries.LIST_CHILDREN)])


@dataclass(frozen=True)
class Holdings:
    """What an index holds, and whether the one that was kept said the same; None where none was."""

    run: int
    persons: int
    records: int
    identities: int
    megabytes: float
    seconds: float
    differing: int | None  # children of whom the kept one said something else


class Counted:
    """What was counted over all children and is kept, without the children."""

    def __init__(self, path: Path, folder: Path) -> None:
        """Of the kept file, as long as it is this one."""
        self._file, self._con = _identity(path), connect()
        try:
            bounded(self._con, folder)
            self._con.execute(f"ATTACH '{_quoted(path)}' AS known (READ_ONLY)")
            self.told = dict(self._con.execute("SELECT name, value FROM known.about").fetchall())
            self.chances = chances_of(self.told)
        except BaseException:
            self._con.close()
            raise

    def persons_named(self, column: str, name: str) -> int:
        """How many children have this name in the column of the index."""
        rows = self._con.execute(
            f"SELECT persons FROM {NAMES} WHERE part = $part AND name = $name", {"part": column, "name": name}
        ).fetchall()
        return int(rows[0][0]) if rows else 0

    def is_of(self, path: Path) -> bool:
        """Whether the kept file is still the one that was read."""
        return self._file == _identity(path)


class KeptIndex:
    """The file of one home, for one load or one look."""

    def __init__(
        self,
        db: Database,
        derived: Path,
        *,
        holding: bool = False,
        progress: Progress = lambda stage, done, total: None,
    ) -> None:
        """Of this graph, in this folder of derived files. `holding` says that this process loads and nobody else."""
        self._db, self._folder, self._holding, self._progress = db, derived / _FOLDER, holding, progress
        self._counted: Counted | None = None

    @contextmanager
    def opened(self) -> Iterator[Index]:
        """The index as the graph is now. It is only read, and by as many as like."""
        self._tidy()
        history = self._history()
        before = self._standing()
        path, private = self._file, False
        changed = self._changed(history)
        if changed is None or changed:
            path = self._beside()
            try:
                self._make(path, history, changed)
                private = not self._adopted(path, before)
                path = path if private else self._file
            except BaseException:
                shutil.rmtree(path.parent)
                raise
        try:
            with reading(path, self._folder) as index:
                yield index
        except _DAMAGED as error:
            self._file.unlink(missing_ok=True)
            raise SignpostError(
                f"The kept index of who is known was damaged ({error}), and is thrown away. Run it again."
            ) from error
        finally:
            if private:
                shutil.rmtree(path.parent)

    def counted(self) -> Counted | None:
        """What was counted last, if it still does for a few newcomers; None where the whole index has to be asked."""
        if not self._file.exists():
            return None
        if self._counted is None or not self._counted.is_of(self._file):
            try:
                self._counted = Counted(self._file, self._folder)
            except (duckdb.Error, KeyError):
                return None
        since = self._since(self._history(), self._counted.told)
        if since is None:
            return None
        few = self._counted.chances.size // _ONE_IN
        told = (row[0] for run in since for row in self._db.stream(load_queries.LIST_RUN_CHILDREN, run=run))
        return self._counted if sum(1 for _ in islice(told, few + 1)) <= few else None

    def rebuilt(self) -> Holdings:
        """What the index holds after it has been made anew, and for how many children the kept one said otherwise.

        The kept one is brought up to date first, as a load would. Raises Conflict if something was loaded meanwhile.
        """
        begun = time.monotonic()
        was_there = self._changed(self._history()) is not None
        if was_there:
            with self.opened():
                pass
        before, history = self._standing(), self._history()
        path = self._beside()
        try:
            self._make(path, history, None)
            differing = _differing(path, self._file, self._folder) if was_there else None
            if not self._adopted(path, before):
                raise Conflict("Something was loaded meanwhile. Run it again.")
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)
        with reading(self._file, self._folder) as index:
            counts = index.counts()
        size = round(self._file.stat().st_size / 1e6, 1)
        return Holdings(
            _last(history), **counts, megabytes=size, seconds=round(time.monotonic() - begun, 1), differing=differing
        )

    # --- what has changed ---

    @property
    def _file(self) -> Path:
        return self._folder / _FILE

    def _history(self) -> list[_Run]:
        return [(row[0], row[1], row[2]) for row in self._db.stream(load_queries.LIST_HISTORY)]

    def _standing(self) -> load_queries.Publication:
        return loads.show_publication(self._db)

    def _changed(self, history: Sequence[_Run]) -> list[str] | None:
        """The children of whom has been told since the file was made; None where the file does not do."""
        since = self._since(history, self._told())
        if since is None:
            return None
        children = {row[0] for number in since for row in self._db.stream(load_queries.LIST_RUN_CHILDREN, run=number)}
        return sorted(children)

    @staticmethod
    def _since(history: Sequence[_Run], told: Mapping[str, str]) -> list[int] | None:
        """The runs since the file was made; None where the file does not do."""
        run = int(told.get("run", -1))
        if told.get("schema") != SCHEMA or told.get("history") != history_digest(history, run):
            return None
        return [number for number, _, _ in history if number > run]

    def _told(self) -> dict[str, str]:
        if not self._file.exists():
            return {}
        try:
            with reading(self._file, self._folder) as index:
                return dict(index.told())
        except duckdb.Error:
            return {}

    # --- a new state, beside ---

    def _tidy(self) -> None:
        """Makes the folder, for its owner only, and throws away what killed processes left in it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.chmod(0o700)
        for left in self._folder.glob(f"{_BESIDE}*"):
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
                shutil.rmtree(left, ignore_errors=True)

    def _beside(self) -> Path:
        self._tidy()
        return Path(tempfile.mkdtemp(prefix=_BESIDE, dir=self._folder)) / _FILE

    def _make(self, path: Path, history: Sequence[_Run], changed: Sequence[str] | None) -> None:
        """Writes the index of this history: all of it, or the kept one with these children put in anew."""
        children = changed
        if children is None:
            children = [row[0] for row in self._db.stream(load_queries.LIST_CHILDREN)]
        else:
            shutil.copyfile(self._file, path)
        with connect() as con:
            bounded(con, path.parent)
            con.execute(f"ATTACH '{_quoted(path)}' AS known")
            path.chmod(0o600)
            index = Index.made(con) if changed is None else Index(con)
            for start in range(0, len(children), _PUT_AT_ONCE):
                self._progress("index", start, len(children))
                part = children[start : start + _PUT_AT_ONCE]
                index.put(said_of(self._db, part), gone=part if changed is not None else ())
            index.recount()
            index.tell("run", str(_last(history)))
            index.tell("history", history_digest(history, _last(history)))
            con.execute("DETACH known")
        path.chmod(0o600)

    def _adopted(self, path: Path, before: load_queries.Publication) -> bool:
        """Whether the new state is the kept one now: not if a load may have been writing while it was made."""
        after = self._standing()
        same = (after.published, after.last_run, after.loading, after.withdrawn) == (
            before.published, before.last_run, before.loading, before.withdrawn
        )  # fmt: skip
        if not same or (after.loading is not None and not self._holding):
            return False
        os.replace(path, self._file)
        shutil.rmtree(path.parent)
        return True


@contextmanager
def reading(path: Path, folder: Path) -> Iterator[Index]:
    """The index of this file, only read; what does not fit into memory goes to files in the folder."""
    with connect() as con:
        bounded(con, folder)
        con.execute(f"ATTACH '{_quoted(path)}' AS known (READ_ONLY)")
        yield Index(con)


def bounded(con: duckdb.DuckDBPyConnection, folder: Path, *, memory: str = MEMORY) -> None:
    """Keeps a connection to so much memory; what does not fit goes to files in this folder."""
    con.execute(f"SET memory_limit = '{memory}'")
    con.execute(f"SET temp_directory = '{_quoted(folder / f'{_BESIDE}spill-{os.getpid()}')}'")


def _identity(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _last(history: Sequence[_Run]) -> int:
    return history[-1][0] if history else 0


def history_digest(history: Sequence[_Run], last: int) -> str:
    """What tells the runs up to a number from any others: one that was undone since is no longer among them."""
    return hashlib.sha256(json.dumps([run for run in history if run[0] <= last]).encode()).hexdigest()


def _differing(one: Path, other: Path, folder: Path) -> int:
    """Of how many children two indexes say different things."""
    with connect() as con:
        bounded(con, folder)
        con.execute(f"ATTACH '{_quoted(one)}' AS known (READ_ONLY)")
        con.execute(f"ATTACH '{_quoted(other)}' AS other (READ_ONLY)")
        parts = []
        identities = f"SELECT * EXCLUDE n FROM {IDENTITY} JOIN {KEYED} USING (n)"
        for said in (identities, "FROM known.record"):
            theirs = said.replace("known.", "other.")
            parts += [f"SELECT person FROM ({one} EXCEPT {two})" for one, two in ((said, theirs), (theirs, said))]
        ((count,),) = con.execute(f"SELECT count(DISTINCT person) FROM ({' UNION ALL '.join(parts)})").fetchall()
    return int(count)


def said_of(db: Database, persons: Sequence[str]) -> pd.DataFrame:
    """Every open record of these children, in the columns IDENTITIES."""
    rows = [
        (*row[:-1], _first_home(row[-1]))
        for start in range(0, len(persons), _AT_A_TIME)
        for row in db.stream(load_queries.LIST_IDENTITIES, persons=list(persons[start : start + _AT_A_TIME]))
    ]
    return pd.DataFrame(rows, columns=IDENTITIES, dtype=object)


def _first_home(homes: Sequence[Sequence[str | None]]) -> str | None:
    """The first line of the home, of several the one whose key comes first."""
    return min(homes, key=lambda home: home[0] or "")[1] if homes else None
