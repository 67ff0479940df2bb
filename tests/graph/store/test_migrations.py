"""Migrations: each is applied once, in order, and never edited."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.model.errors import Conflict
from graph.store import Database
from graph.store.migrations import check_ready, migrate, read_migrations, reapply_schema
from graph.store.query import CYPHER
from tests.builders import values
from tests.conftest import Statement

NEW = "9001_a_feed_is_there"


@pytest.fixture
def folder(db: Database, tmp_path: Path) -> Iterator[Path]:
    """A copy of the real migrations, to which a test may add; what the graph then has had is forgotten."""
    made = tmp_path / "migrations"
    shutil.copytree(CYPHER / "migrations", made)
    yield made
    statement = Statement("MATCH (migration:Migration) WHERE migration.id >= '9' DELETE migration")
    db.write(statement)  # type: ignore[arg-type]


def add(folder: Path, text: str = 'MERGE (:Feed {feed: "new"});\n', name: str = NEW) -> Path:
    path = folder / f"{name}.cypher"
    path.write_text(f"// A feed called new is there.\n{text}", encoding="utf-8")
    return path


def test_a_new_one_is_applied_and_written_down(db: Database, folder: Path) -> None:
    add(folder)

    assert migrate(db, folder) == [NEW]

    assert values(db, "MATCH (feed:Feed) RETURN feed.feed") == [("new",)]
    checksum = {migration.id: migration.checksum for migration in read_migrations(folder)}[NEW]
    assert values(db, f"MATCH (m:Migration {{id: '{NEW}'}}) RETURN m.checksum, m.applied_at IS NOT NULL") == [
        (checksum, True)
    ]


def test_a_second_run_does_nothing(db: Database, folder: Path) -> None:
    add(folder, "CREATE (:Feed);\n")
    migrate(db, folder)

    assert migrate(db, folder) == []

    assert values(db, "MATCH (feed:Feed) RETURN 1") == [(1,)]


def test_an_edited_one_refuses_before_anything_is_changed(db: Database, folder: Path) -> None:
    path = add(folder)
    migrate(db, folder)
    path.write_text(path.read_text(encoding="utf-8") + "// more\n", encoding="utf-8")
    add(folder, "CREATE (:Feed {feed: 'later'});\n", "9002_a_later_one")

    with pytest.raises(Conflict, match=f"Migration {NEW} was edited after it was applied. Restore it and add a new"):
        migrate(db, folder)
    with pytest.raises(Conflict, match=r"was edited"):
        check_ready(db, folder)

    assert values(db, "MATCH (feed:Feed {feed: 'later'}) RETURN 1") == []


def test_a_missing_one_refuses(db: Database, folder: Path) -> None:
    path = add(folder)
    migrate(db, folder)
    path.unlink()

    with pytest.raises(Conflict, match=f"has migration {NEW}, which this version lacks. Use the newer Signpost"):
        migrate(db, folder)
    with pytest.raises(Conflict, match=r"which this version lacks"):
        check_ready(db, folder)


def test_a_number_used_twice_refuses(folder: Path) -> None:
    add(folder, name="0001_another_first")

    with pytest.raises(Conflict, match=r"Two migrations have the number 0001. Renumber the newer one"):
        read_migrations(folder)


@pytest.mark.parametrize("name", ["12_too_short", "9001-dashes", "9001_Capitals", "9001"])
def test_a_wrong_name_refuses(folder: Path, name: str) -> None:
    add(folder, name=name)

    with pytest.raises(Conflict, match=f"{name}.cypher is not a migration's name"):
        read_migrations(folder)


def test_a_graph_that_lacks_one_is_not_ready(db: Database, folder: Path) -> None:
    check_ready(db, folder)
    add(folder)

    with pytest.raises(Conflict, match=r"The graph lacks 1 migrations?. Run: python -m graph migrate"):
        check_ready(db, folder)


def test_one_that_stops_half_way_is_not_written_down_and_runs_again(db: Database, folder: Path) -> None:
    path = add(folder, 'MERGE (:Feed {feed: "new"});\nMERGE (:Feed {feed: "new"})-[;\n')

    with pytest.raises(Exception, match=r"Invalid input"):
        migrate(db, folder)
    add(folder)

    assert migrate(db, folder) == [NEW]
    assert values(db, "MATCH (feed:Feed) RETURN feed.feed") == [("new",)]
    assert path.exists()


def test_each_statement_runs_by_itself_and_comments_do_not(folder: Path) -> None:
    add(folder, "// About the first.\nMERGE (:Feed {feed: 'a; b'});\n\n// About the second.\nMERGE (:Feed)\n")

    (migration,) = (migration for migration in read_migrations(folder) if migration.id == NEW)

    assert migration.statements == ("MERGE (:Feed {feed: 'a; b'})", "MERGE (:Feed)")


def test_the_real_ones_are_safe_to_repeat(db: Database) -> None:
    """A first load runs them all again: schema and content are as they were, and a second time changes nothing."""
    db.write(Statement("CREATE (:Record {key: 'a', subject: 'child', date_of_birth: date('2016-05-07')})"))  # type: ignore[arg-type]
    schema = "SHOW INDEXES YIELD name, type, labelsOrTypes, properties RETURN * ORDER BY name"
    content = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS said ORDER BY elementId(n)"
    before = values(db, schema)

    reapply_schema(db)
    once = values(db, content)
    assert "20160507 201605 2016" in [said.get("search_born") for _, said in once]
    reapply_schema(db)

    assert values(db, schema) == before
    assert values(db, content) == once
