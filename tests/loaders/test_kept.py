"""The kept index of who is known: as the graph is, whatever happened to either; derived, and thrown away in doubt."""

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from graph.model.errors import Conflict
from graph.services import load_queries, loads, review
from graph.settings import Settings
from graph.store import Database
from loaders.__main__ import main
from loaders.kept import KeptIndex, everybody
from loaders.who.index import IDENTITY, KEYED, Index, in_memory
from tests.graph.services.test_review import decide, judgement_of, manager
from tests.loaders.said import given_file
from tests.loaders.test_identify import others
from tests.loaders.test_proposals import KNOWN, NEARLY, TOMORROW, file_of, given_doubtful, given_known, person

pytestmark = pytest.mark.slow


@pytest.fixture
def derived(tmp_path: Path) -> Path:
    """A folder of derived files, with nothing in it."""
    return tmp_path / "derived"


def said_by(index: Index) -> list[Any]:
    """Everything that an index says: identities, records, and what was counted."""
    found = f"SELECT * EXCLUDE n FROM {IDENTITY} JOIN {KEYED} USING (n) ORDER BY person, key"
    identities = index.con.execute(found).fetchall()
    assert len(identities) == index.counts()["identities"]
    records = index.con.execute("SELECT * FROM known.record ORDER BY record").fetchall()
    return [identities, records, index.chances]


def as_the_graph_is(db: Database, derived: Path) -> bool:
    """Whether the kept index, brought up to date, says what one made of the whole graph does."""
    with KeptIndex(db, derived).opened() as kept, in_memory(everybody(db)) as whole:
        return said_by(kept) == said_by(whole)


def kept_file(derived: Path) -> Path:
    """The one file of the index."""
    (found,) = derived.rglob("*.duckdb")
    return found


@contextmanager
def unchanged(derived: Path, what: bool) -> Iterator[None]:
    """Asserts that the file is the same afterwards, or another."""
    before = kept_file(derived).stat().st_ino
    yield
    assert (kept_file(derived).stat().st_ino == before) is what


def test_it_is_brought_up_to_date_by_what_was_loaded_since(db: Database, derived: Path) -> None:
    given_known(db)
    assert as_the_graph_is(db, derived)

    given_doubtful(db)
    given_file(db, "school_census", file_of(NEARLY), supplier="dfe")
    with unchanged(derived, False):
        assert as_the_graph_is(db, derived)
    changed = [KNOWN | {"family_name": "Brentnor", "former_family_name": "Costaworth"}, *others()[2:]]
    given_file(db, "pds", file_of(*changed), as_at=TOMORROW)

    assert as_the_graph_is(db, derived)
    with KeptIndex(db, derived).opened() as index:
        names = {row[0] for row in index.con.execute(f"SELECT family FROM {IDENTITY}").fetchall()}
        assert {"brentnor", "costaworth"} <= names


def test_only_the_children_of_whom_was_told_are_asked_for_again(
    db: Database, derived: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_known(db)
    assert as_the_graph_is(db, derived)
    given_doubtful(db)
    asked: list[str] = []
    stream = db.stream

    def listening(query: Any, **parameters: Any) -> Any:
        asked.extend(parameters.get("persons", ()))
        return stream(query, **parameters)

    monkeypatch.setattr(db, "stream", listening)
    with KeptIndex(db, derived).opened():
        pass

    assert asked == [person(db, "c")]


def test_it_stays_as_it_is_where_nobody_was_told_of(db: Database, derived: Path) -> None:
    given_known(db)
    assert as_the_graph_is(db, derived)

    with unchanged(derived, True):
        assert as_the_graph_is(db, derived)


def test_an_undone_run_makes_it_anew(db: Database, derived: Path) -> None:
    given_known(db)
    run = given_doubtful(db).run
    assert as_the_graph_is(db, derived)

    loads.undo_run(db, run)

    with unchanged(derived, False):
        assert as_the_graph_is(db, derived)


def test_two_whom_a_person_has_joined_and_parted_are_so_in_the_index(db: Database, derived: Path) -> None:
    given_known(db)
    given_doubtful(db)
    assert as_the_graph_is(db, derived)
    token = manager(db)

    decide(db, token, person(db, "c"), "same")
    with unchanged(derived, False):
        assert as_the_graph_is(db, derived)
    with KeptIndex(db, derived).opened() as index:
        assert index.size == len(others()) + 1

    review.take_apart(db, token, judgement_of(db))
    with unchanged(derived, False):
        assert as_the_graph_is(db, derived)


def test_a_file_that_will_not_do_is_made_anew(db: Database, derived: Path) -> None:
    given_known(db)
    assert as_the_graph_is(db, derived)
    path = kept_file(derived)

    def told(name: str) -> None:
        with duckdb.connect(str(path)) as con:
            con.execute("UPDATE about SET value = 'other' WHERE name = $name", {"name": name})

    damages: dict[str, Callable[[], object]] = {
        "missing": path.unlink,
        "cut": lambda: path.write_bytes(path.read_bytes()[:5000]),
        "no database": lambda: path.write_text("nothing", encoding="utf-8"),
        "another schema": lambda: told("schema"),
        "another graph": lambda: told("history"),
    }
    for damage, happens in damages.items():
        happens()
        with KeptIndex(db, derived).opened() as index:
            assert index.counts()["persons"] == len(others()) + 1, damage
            # Another version of DuckDB may number keys otherwise: to it, this is another schema.
            assert duckdb.__version__ in index.told()["schema"]
    assert as_the_graph_is(db, derived)


def test_a_crash_half_way_leaves_the_one_before(db: Database, derived: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given_known(db)
    assert as_the_graph_is(db, derived)
    given_doubtful(db)

    def killed(_: Index) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, unchanged(derived, True):
        patch.setattr(Index, "recount", killed)
        with pytest.raises(KeyboardInterrupt):
            KeptIndex(db, derived).opened().__enter__()

    assert [path.name for path in derived.rglob("*") if path.is_file()] == [kept_file(derived).name]
    assert as_the_graph_is(db, derived)


def test_what_a_running_load_has_written_is_not_kept(db: Database, derived: Path) -> None:
    given_known(db)
    assert as_the_graph_is(db, derived)
    given_doubtful(db)
    load = given_file(db, "school_census", file_of(NEARLY), supplier="dfe", publish=False)[1]

    with unchanged(derived, True), KeptIndex(db, derived).opened() as index:
        assert index.size == len(others()) + 2
    with pytest.raises(Conflict, match="loaded meanwhile"):
        KeptIndex(db, derived).rebuilt()

    loads.sweep(load, "failed")
    assert as_the_graph_is(db, derived)


def test_only_its_owner_can_read_it(db: Database, derived: Path) -> None:
    given_known(db)
    assert as_the_graph_is(db, derived)
    path = kept_file(derived)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_command_makes_it_anew_and_says_whether_it_agreed(
    db: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    given_known(db)
    assert main(["index"]) == 0
    assert "There was no index to compare it with." in capsys.readouterr().out
    given_doubtful(db)

    assert main(["index", "--json"]) == 0
    held = json.loads(capsys.readouterr().out)
    count = len(others()) + 2
    assert (held["persons"], held["records"], held["differing"]) == (count, count, 0)

    for damage in (
        "UPDATE identity SET family = 'elsewhere' WHERE given = 'beatrix'",
        "UPDATE keyed SET named_key = 1 WHERE n IN (SELECT n FROM identity WHERE given = 'beatrix')",
        "DELETE FROM keyed WHERE n IN (SELECT n FROM identity WHERE given = 'beatrix')",
    ):
        with duckdb.connect(str(kept_file(settings.home / "derived"))) as con:
            con.execute(damage)
        assert main(["index"]) == 1
        assert "did not agree with the graph for 1 children. It is right now." in capsys.readouterr().out
    assert main(["index"]) == 0
    assert "The index that was kept agreed with the graph." in capsys.readouterr().out


def test_a_history_of_runs_is_that_of_those_that_stand(db: Database) -> None:
    given_known(db)
    undone = given_doubtful(db).run
    runs = [row[0] for row in db.stream(load_queries.LIST_HISTORY)]
    loads.undo_run(db, undone)

    assert runs[-1] == undone
    assert [row[0] for row in db.stream(load_queries.LIST_HISTORY)] == runs[:-1]
