"""Migrations: numbered files, never edited once applied; their checksums are kept in the graph."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from types import NoneType

from graph.model.errors import Conflict
from graph.store.database import Database
from graph.store.query import CYPHER, Query

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.cypher")


@dataclass(frozen=True)
class Applied:
    """A migration that the graph has had."""

    id: str
    checksum: str


@dataclass(frozen=True)
class Migration:
    """A migration file: its id is its name without the ending."""

    id: str
    checksum: str
    statements: tuple[str, ...]


LIST_MIGRATIONS = Query("schema/list_migrations", Applied)
RECORD_MIGRATION = Query("schema/record_migration", NoneType)


def migrate(db: Database, folder: Path = CYPHER / "migrations") -> list[str]:
    """The ids of the migrations now applied, oldest first; none if the graph was up to date.

    Raises Conflict if an applied one was edited or has gone, before anything is changed.
    """
    files = read_migrations(folder)
    applied = {row.id: row.checksum for row in db.read(LIST_MIGRATIONS)}
    check_applied(files, applied)
    todo = [migration for migration in files if migration.id not in applied]
    for migration in todo:
        apply(db, migration)
        db.write(RECORD_MIGRATION, id=migration.id, checksum=migration.checksum)
    return [migration.id for migration in todo]


def apply(db: Database, migration: Migration) -> None:
    """Runs each statement of a migration; every one of them is safe to repeat."""
    for statement in migration.statements:
        db.run_statement(statement)


def reapply_schema(db: Database, folder: Path = CYPHER / "migrations") -> None:
    """Runs every migration again: `neo4j-admin database import` keeps no constraint and no index."""
    for migration in read_migrations(folder):
        apply(db, migration)


def check_ready(db: Database, folder: Path = CYPHER / "migrations") -> None:
    """Nothing, if the graph has every migration unedited; otherwise Conflict says what to do."""
    files = read_migrations(folder)
    applied = {row.id: row.checksum for row in db.read(LIST_MIGRATIONS)}
    check_applied(files, applied)
    missing = [migration.id for migration in files if migration.id not in applied]
    if missing:
        raise Conflict(f"The graph lacks {len(missing)} migrations. Run: python -m graph migrate.")


def check_applied(files: list[Migration], applied: dict[str, str]) -> None:
    """Raises Conflict where an applied migration was edited, or is not among the files."""
    known = {migration.id: migration.checksum for migration in files}
    for name, checksum in sorted(applied.items()):
        if name not in known:
            raise Conflict(f"The graph has migration {name}, which this version lacks. Use the newer Signpost.")
        if known[name] != checksum:
            raise Conflict(f"Migration {name} was edited after it was applied. Restore it and add a new one.")


def read_migrations(folder: Path) -> list[Migration]:
    """The migrations of a folder in order; a name of another shape or a number used twice raises Conflict."""
    found: list[Migration] = []
    for path in sorted(folder.glob("*.cypher")):
        if not _NAME.fullmatch(path.name):
            raise Conflict(f"{path.name} is not a migration's name. Use 0001_what_is_true_now.cypher.")
        if found and found[-1].id[:4] == path.name[:4]:
            raise Conflict(f"Two migrations have the number {path.name[:4]}. Renumber the newer one.")
        text = path.read_text(encoding="utf-8")
        found.append(Migration(path.stem, hashlib.sha256(text.encode()).hexdigest(), _statements(text)))
    return found


def _statements(text: str) -> tuple[str, ...]:
    pieces = re.split(r";[ \t]*(?:\n|$)", text)
    stripped = ("\n".join(line for line in piece.splitlines() if not line.startswith("//")).strip() for piece in pieces)
    return tuple(piece for piece in stripped if piece)
