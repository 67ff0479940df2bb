"""Only a graph in which everybody is invented is a demonstration's, and only there are codes shown."""

from dataclasses import replace
from pathlib import Path

import pytest

from graph.model.errors import Conflict, Refused
from graph.model.roles import Role
from graph.services import access, demonstration
from graph.settings import Connection, Settings
from graph.store import Database
from tests.builders import SCHOOL, given_child, given_run, given_service, given_session, given_user


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNPOST_KEYS", str(tmp_path / "keys"))


def test_an_empty_graph_is_marked_and_one_with_records_is_not(db: Database) -> None:
    given_run(db)
    given_child(db)
    with pytest.raises(Conflict, match="SIGNPOST_HOME"):
        demonstration.mark(db)
    assert not demonstration.is_marked(db)

    demonstration.mark(db, ours=True)
    demonstration.mark(db)

    assert demonstration.is_marked(db)


def test_a_real_graph_is_never_a_demonstration(db: Database, tmp_path: Path) -> None:
    embedded = Settings(home=tmp_path, demo=True)
    elsewhere = replace(embedded, external=Connection("bolt://graph.example", "neo4j", "a secret"))

    with pytest.raises(Refused, match="may hold real children"):
        demonstration.check(embedded, db)
    with pytest.raises(Refused, match="may hold real children"):
        demonstration.list_people(db)
    demonstration.mark(db)
    demonstration.check(embedded, db)
    with pytest.raises(Refused, match="NEO4J_URI"):
        demonstration.check(elsewhere, db)


def test_codes_are_shown_in_the_demonstration_only(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    user = given_user(db)
    with pytest.raises(Refused, match="SIGNPOST_DEMO=1"):
        demonstration.current_code(db, "dawn")
    monkeypatch.setenv("SIGNPOST_DEMO", "1")
    with pytest.raises(Refused, match="not the demonstration"):
        demonstration.current_code(db, "dawn")

    demonstration.mark(db)
    first = demonstration.current_code(db, "dawn")
    access.sign_in(db, username="dawn", password=user.password, code=first)
    second = demonstration.current_code(db, "dawn")

    assert second != first
    assert access.sign_in(db, username="dawn", password=user.password, code=second).token


def test_everybody_is_listed_with_role_service_and_a_code_that_works(db: Database) -> None:
    demonstration.mark(db)
    given_run(db)
    given_service(db)
    dawn = given_user(db, service_id=SCHOOL)
    given_user(db, username="ops", name="Jo Marsh", role=Role.OPERATOR, organisation="Signpost operations")
    given_session(db, username="bench")
    given_user(db, username="gone", name="Gone")
    access.disable_user(db, username="gone", by="test")

    teacher, operator = demonstration.list_people(db)

    assert (teacher.name, teacher.role, teacher.service) == (
        "Dawn Okoro",
        Role.PRACTITIONER,
        "Hillbrook Primary School",
    )
    assert (operator.role, operator.organisation, operator.service) == (Role.OPERATOR, "Signpost operations", None)
    assert teacher.code is not None
    assert teacher.code not in repr(teacher)
    assert access.sign_in(db, username="dawn", password=dawn.password, code=teacher.code).token


def test_passwords_are_read_from_the_demonstrations_own_file(tmp_path: Path) -> None:
    path = demonstration.passwords_file(Settings(home=tmp_path))
    assert demonstration.read_passwords(path) == {}
    path.parent.mkdir()
    path.write_text("dawn.okoro     abcd-efgh     Dawn Okoro, practitioner\n\n", encoding="utf-8")

    assert demonstration.read_passwords(path) == {"dawn.okoro": "abcd-efgh"}
