"""The graph that tests are given: emptied, migrated, and found by whatever reads the environment."""

from graph import server
from graph.settings import Settings
from graph.store import Database
from graph.store.migrations import check_ready
from tests.builders import count, values
from tests.conftest import Statement, empty


def test_a_test_begins_with_what_the_migrations_made(db: Database) -> None:
    check_ready(db)

    others = "MATCH (node) WHERE NOT node:Migration RETURN labels(node), node.published, node.gss_code"
    assert sorted(values(db, others)) == [(["LocalAuthority"], None, "unknown"), (["Publication"], 0, None)]


def test_more_than_one_batch_is_emptied(db: Database) -> None:
    many = Statement("UNWIND range(1, 5001) AS n CREATE (:Feed {feed: 'feed ' + n})")
    db.write(many)  # type: ignore[arg-type]

    empty(db)

    assert count(db, "Feed") == 0


def test_the_environment_leads_to_the_graph_of_the_test(db: Database, settings: Settings) -> None:
    found = Settings.from_environment()
    at = server.connection(found)
    with Database(at.uri, at.user, at.password) as other:
        check_ready(other)

    assert found == settings
    assert not found.demo
    assert list(found.home.iterdir()) == []


def test_the_demonstration_is_asked_for(demo_settings: Settings) -> None:
    assert demo_settings.demo
    assert Settings.from_environment() == demo_settings
