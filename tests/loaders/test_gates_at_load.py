"""A strange file and the real graph: nothing of it is written, unless a person says that it is right."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from graph.model.file_names import parsed
from graph.services import loads
from graph.services.canonical import canonical_hash
from graph.settings import Settings
from graph.store import Database
from loaders import first
from loaders.bulk import TableState
from loaders.keys import hashing_key
from loaders.loading import Desk, Loaded, load_file, try_file
from loaders.plan import Scope, plan_load
from loaders.registry import FEEDS
from loaders.state import GraphState
from loaders.synthetic import synthesise
from tests.builders import values
from tests.loaders.said import child, given_area, given_file, tidy
from tests.loaders.test_gates import ordinary

AS_AT = date(2026, 11, 21)


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registrations of births in which everybody has one surname."""
    folder = tmp_path_factory.mktemp("strange")
    synthesise(folder, children=300, as_at=AS_AT, seed=7, stories=False)
    (path,) = folder.glob("births.*")
    rows = pd.read_csv(path, dtype=str, keep_default_na=False).assign(SURNAME="Nguyen")
    path.unlink()
    made = folder / "births.ons.2026-11-21.full.csv"
    rows.to_csv(made, index=False)
    return made


def desk_of(db: Database, settings: Settings) -> Desk:
    """What a load needs."""
    return Desk(db, settings.home, hashing_key(settings.keys_folder))


def done(how: object, desk: Desk, path: Path) -> Loaded:
    """What became of the file."""
    name = parsed(path)
    assert name is not None
    return (load_file if how == "load" else try_file)(desk, FEEDS["births"], path, name)


def test_a_file_that_a_gate_stops_writes_nothing(db: Database, settings: Settings, strange: Path) -> None:
    before = canonical_hash(db)

    result = done("load", desk_of(db, settings), strange)

    assert result.outcome == "would not load"
    assert "100% of the children have one and the same family name" in result.errors[0]
    assert "--unusual" in result.errors[-1]
    assert result.run is not None
    assert loads.show_run(db, result.run)["outcome"] == "would not load"
    assert loads.show_publication(db).published == 0
    assert canonical_hash(db) == before


def test_a_first_load_leaves_the_file_out(settings: Settings, db: Database, strange: Path) -> None:
    state, name = TableState(), parsed(strange)
    assert name is not None

    taken, (result,) = first._take_all(desk_of(db, settings), [(strange, name)], state, after=0)

    assert taken == state.tables.records == []
    assert result.outcome == "would not load"
    assert "the same family name" in result.errors[0]


def test_a_dry_run_says_the_same_and_a_person_can_say_that_the_file_is_right(
    db: Database, settings: Settings, strange: Path
) -> None:
    desk = desk_of(db, settings)

    tried = done("try", desk, strange)
    loaded = done("load", replace(desk, unusual=True), strange)

    assert tried.outcome == "would not load"
    assert loaded.outcome == "loaded"
    assert any("the same family name" in warning for warning in loaded.warnings)


def test_a_key_that_had_gone_and_stands_with_another_child_now_is_used_again(db: Database) -> None:
    given_area(db)
    gone = [ordinary(number) | {"key": f"1/{number}"} for number in range(20)]
    others = [ordinary(number + 100) | {"key": row["key"]} for number, row in enumerate(gone)]
    given_file(db, "school_census", tidy(gone), supplier="dfe")
    given_file(db, "school_census", tidy([child("1/stays")]), supplier="dfe")
    assert values(db, "MATCH (r:Record {key: '1/1'}) WHERE r.ended_run IS NULL RETURN r.key") == []

    def stopped(rows: list[dict[str, Any]]) -> list[str]:
        return plan_load(tidy(rows), Scope(FEEDS["school_census"], "dfe", AS_AT, True, 9), GraphState(db)).errors

    assert any("The supplier seems to use keys again" in sentence for sentence in stopped(others))
    assert stopped(gone) == []


def of_school(school: int, begin: int, keys: str) -> list[dict[str, Any]]:
    """Sixty pupils of a school, under keys of this kind."""
    return [ordinary(number) | {"key": f"{school}/{keys}{number}"} for number in range(begin, begin + 60)]


def test_a_full_file_of_nobody_whom_the_last_one_told_of_is_stopped(db: Database) -> None:
    given_area(db)
    given_file(db, "school_census", tidy(of_school(1, 0, "a")), supplier="dfe")
    scope, state = Scope(FEEDS["school_census"], "dfe", AS_AT, True, 99), GraphState(db)

    (said,) = plan_load(tidy(of_school(1, 500, "b")), scope, state).errors
    assert said.startswith(
        "60 children of this file would be children whom nobody knew, and the file before told of 60"
    )
    # New keys for the same children, and a school that comes for the first time, are no stranger than others.
    assert plan_load(tidy(of_school(1, 0, "b")), scope, state).errors == []
    assert plan_load(tidy([*of_school(1, 0, "a"), *of_school(2, 500, "a")]), scope, state).errors == []
