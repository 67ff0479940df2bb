"""Two ways in, one graph: invented children by the first load and by the daily way (architecture, rule 5).

500 of them, so that `make test` stays within its time; `make campaign` takes 20,000.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from benchmarks import lookups
from benchmarks.search import AIMS, measure
from graph import server
from graph.model import clock
from graph.model.errors import Conflict
from graph.services import access, shields
from graph.services.canonical import Canonical, canonical_hash
from graph.settings import MIB, Settings
from graph.store import Database
from graph.store.migrations import migrate
from loaders.commands import files_of
from loaders.first import load_first
from loaders.keys import hashing_key
from loaders.loading import Desk, Loaded, load_file
from loaders.registry import FEEDS
from loaders.synthetic import synthesise, tomorrow
from tests.conftest import Statement, free_port, servers_of_seconds
from tests.sizes import size

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
CHILDREN = size(500, 20_000)
AS_AT = date(2026, 11, 21)
LOOK_UPS = 300


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Today's and tomorrow's files of the population."""
    folder = tmp_path_factory.mktemp("population")
    synthesise(folder / "today", children=CHILDREN, as_at=AS_AT, seed=3)
    tomorrow(folder / "tomorrow", as_at=AS_AT, seed=3, children=CHILDREN)
    return folder


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A server of this module's own: a first load stops it and starts it again."""
    home = tmp_path_factory.mktemp("own")
    settings = Settings(home=home, bolt_port=free_port(), heap=1024 * MIB, page_cache=256 * MIB)
    with servers_of_seconds():
        server.up(settings)
        try:
            yield settings
        finally:
            server.down(settings)


def opened(settings: Settings) -> Database:
    """The graph of these settings."""
    at = server.connection(settings)
    return Database(at.uri, at.user, at.password)


def emptied(settings: Settings) -> None:
    """A new graph with nothing in it, under the same keys."""
    server.down(settings)
    for kind in ("databases", "transactions"):
        shutil.rmtree(settings.home / "neo4j" / "data" / kind / "neo4j")
    shutil.rmtree(settings.home / "derived")
    server.up(settings)


def first_way(settings: Settings, folder: Path) -> tuple[Canonical, list[Loaded]]:
    """What is there after a first load."""
    with opened(settings) as db:
        migrate(db)
        access.record_user(
            db, username="grace.field", name="Grace Field", role=access.Role.SAFEGUARDING_LEAD,
            organisation="Northshire", authority="E10000901", by="os:test",
        )  # fmt: skip
        results = load_first(settings, Desk(db, settings.home, hashing_key(settings.keys_folder)), files_of(folder)[0])
    with opened(settings) as db:
        return canonical_hash(db), results


def daily_way(settings: Settings, folder: Path) -> Canonical:
    """What is there after a daily load of every file."""
    with opened(settings) as db:
        migrate(db)
        desk = Desk(db, settings.home, hashing_key(settings.keys_folder))
        for path, name in files_of(folder)[0]:
            assert load_file(desk, FEEDS[name.feed], path, name).outcome == "loaded", path.name
        return canonical_hash(db)


def joined_share(settings: Settings) -> float:
    """Of the children whom a school's record and a practice's record speak of, how many show both on one page.

    A record of the census and a record of PDS are of one child in truth where the generator says so; here the share is
    taken from the graph: children with both, by the smaller of those with a school and those with a practice.
    """
    text = """
    MATCH (child:Child)
    WITH EXISTS { (child)-[f:ATTENDS]->() WHERE f.ended_run IS NULL } AS school,
      EXISTS { (child)-[f:REGISTERED_WITH]->() WHERE f.ended_run IS NULL } AS practice
    RETURN [sum(CASE WHEN school THEN 1 ELSE 0 END), sum(CASE WHEN school AND practice THEN 1 ELSE 0 END)] AS counts
    """
    with opened(settings) as db:
        ((school, both),) = [row[0] for row in db.stream(Statement(text))]  # type: ignore[arg-type]
    return float(both / school)


@dataclass(frozen=True)
class Both:
    """What each way made, and the graph of the daily one as it stands."""

    first: Canonical
    results: list[Loaded]
    daily: Canonical
    settings: Settings


@pytest.fixture(scope="module")
def both(own: Settings, population: Path) -> Both:
    """The population by the first way, looked at, and then by the daily way into a new graph."""
    first, results = first_way(own, population / "today")
    check_first(own)
    emptied(own)
    return Both(first, results, daily_way(own, population / "today"), own)


def check_first(own: Settings) -> None:
    """A first load takes along what was there, joins what belongs together, and is not done twice."""
    with opened(own) as db:
        assert [account.username for account in access.list_users(db)] == ["grace.field"]
        assert len(shields.list_shields(db)) > 0
        assert migrate(db) == []
        with pytest.raises(Conflict, match="A first load needs an empty one"):
            load_first(own, Desk(db, own.home, b""), [])
    assert joined_share(own) >= 0.85
    assert not (own.home / "aside").exists()


def test_both_ways_make_the_same_graph_and_the_first_takes_along_what_was_there(both: Both) -> None:
    assert {result.outcome for result in both.results} == {"loaded"}
    assert both.daily.parts == both.first.parts
    assert both.daily.decided == both.first.decided


def test_children_are_found_among_so_many_by_what_people_type(both: Both, population: Path) -> None:
    """The aims of search, on look-ups with slips of every kind from each naming culture (benchmarks/README.md)."""
    today = clock.day_in_england(clock.now())
    wanted = lookups.make(population / "today", LOOK_UPS, seed=5, today=today)

    with opened(both.settings) as db:
        report = measure(db, population / "today", list(wanted))

    assert report.all["lookups"] == LOOK_UPS
    assert report.all["first_3"] >= AIMS["first_3"], report.missed
    assert report.all["first_20"] >= AIMS["first_20"], report.missed


def test_tomorrows_files_do_what_each_is_there_for(both: Both, population: Path) -> None:
    with opened(both.settings) as db:
        desk = Desk(db, both.settings.home, hashing_key(both.settings.keys_folder))
        results = {
            name.feed: load_file(desk, FEEDS[name.feed], path, name)
            for path, name in files_of(population / "tomorrow")[0]
        }

    assert results["pds"].outcome == "loaded"
    assert sum(results["child_benefit"].refused.values()) == 12
    assert results["school_census"].outcome == "would not load"
    assert "PupilPremium" in results["school_census"].errors[0]
    # The row that it is there for; others may resemble a shielded child by chance (decision 18).
    assert results["involvements"].counts["quarantined"] >= 1
