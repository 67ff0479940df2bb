"""Tests for graph.services.looks."""

import json

import pytest

from graph.__main__ import main
from graph.model import clock
from graph.model.circle import Depth
from graph.model.errors import NotFound, Refused
from graph.model.looks import NOT_NAMED, why_of
from graph.model.roles import Role
from graph.services import looks
from graph.services.disclosure import show_child
from graph.services.handles import handle_of
from graph.services.statements import Asked
from graph.settings import Settings
from graph.store import Database
from tests.builders import (
    SCHOOL,
    given_area,
    given_child,
    given_run,
    given_service,
    given_session,
    given_shield,
    values,
)

CLINIC = "northshire:CL1"


@pytest.fixture
def ana(db: Database) -> str:
    given_run(db)
    given_area(db)
    given_service(db, service_id=SCHOOL)
    given_service(db, service_id=CLINIC, name="The Clinic", kind="sexual_health")
    return given_child(db)


def asked(token: str, child: str) -> Asked:
    return Asked(token, handle_of(token, child), "wellbeing")


def look(db: Database, token: str, child: str, reason: str = "attendance") -> None:
    show_child(db, token, handle_of(token, child), reason=reason, case_reference="AB12", depth=Depth.SIGNPOST)


def lead(db: Database, **more: object) -> str:
    return given_session(db, username="grace", name="Grace Field", role=Role.SAFEGUARDING_LEAD, **more)  # type: ignore[arg-type]


def manager(db: Database, **more: object) -> str:
    return given_session(db, username="omar", name="Omar Said", role=Role.DATA_MANAGER, **more)  # type: ignore[arg-type]


def audited(db: Database) -> list[tuple[object, ...]]:
    text = "MATCH (e:AuditEvent) WHERE e.action STARTS WITH 'audit.' RETURN e.action, e.child_refs ORDER BY e.action"
    return values(db, text)


def auditor(db: Database) -> str:
    return given_session(db, username="ida", name="Ida Stone", role=Role.AUDITOR, authority=None)


def test_a_lead_sees_who_looked_and_not_whom_that_would_give_away(db: Database, ana: str) -> None:
    look(db, given_session(db, service_id=SCHOOL), ana)
    look(db, given_session(db, username="zoe", name="Zoe Quill", organisation="The Clinic", service_id=CLINIC), ana)
    token = lead(db)

    page = looks.list_of_child(db, asked(token, ana))

    assert page.of == "Ana Costa"
    assert [(line.who, line.organisation, line.what, line.why) for line in page.lines] == [
        ("Not named here", NOT_NAMED, "Whom to ring", "Attendance concern (AB12)"),
        ("Dawn Okoro", "Hillbrook Primary School", "Whom to ring", "Attendance concern (AB12)"),
    ]
    assert "Zoe Quill" in [line.who for line in looks.list_of_child(db, asked(manager(db), ana)).lines]
    sheet = looks.list_of_child(db, asked(token, ana), for_family=True)
    assert {"Zoe", "Clinic", "AB12"}.isdisjoint(repr(sheet).replace("'", " ").replace("(", " ").split())


def test_looking_at_who_looked_is_a_look(db: Database, ana: str) -> None:
    token = lead(db)
    looks.list_of_child(db, asked(token, ana))

    (line,) = looks.list_of_child(db, asked(token, ana)).lines

    assert (line.who, line.what) == ("Grace Field", "Who looked at this child")


def test_only_leads_and_data_managers_of_the_area_see_it(db: Database, ana: str) -> None:
    for token in (given_session(db), lead(db, authority="E06000002"), auditor(db)):
        with pytest.raises(Refused):
            looks.list_of_child(db, asked(token, ana))
        with pytest.raises(Refused):
            looks.list_of_child(db, asked(token, ana), for_family=True)

    told = values(db, "MATCH (e:AuditEvent) WHERE e.action STARTS WITH 'child.looks' RETURN e.decision")
    assert told == [("denied",)] * 6


def test_a_child_of_ones_own_family_is_not_looked_up_so(db: Database, ana: str) -> None:
    from tests.builders import given_carer

    given_carer(db, child_id=ana, forename="Grace", family_name="Field")

    with pytest.raises(Refused):
        looks.list_of_child(db, asked(lead(db), ana))


def test_of_a_shielded_child_only_its_data_managers_see_it_and_nothing_is_printed(db: Database, ana: str) -> None:
    given_shield(db, child_id=ana)
    by_manager = manager(db)

    looks.list_of_child(db, asked(by_manager, ana))
    for token, for_family in ((lead(db), False), (by_manager, True)):
        with pytest.raises(Refused):
            looks.list_of_child(db, asked(token, ana), for_family=for_family)


def test_a_child_that_is_not_there_is_not_found(db: Database, ana: str) -> None:
    with pytest.raises(NotFound):
        looks.list_of_child(db, asked(lead(db), "NOBODY"))


def test_an_auditor_has_a_child_by_number_and_a_user_by_name_with_refusals(db: Database, ana: str) -> None:
    dawn = given_session(db, service_id=SCHOOL)
    look(db, dawn, ana)
    with pytest.raises(Refused):
        looks.list_of_child(db, asked(lead(db, authority="E06000002"), ana))
    token = auditor(db)

    of_child = looks.list_of_number(db, token, f" {ana.lower()} ")
    assert (of_child.of, [(line.who, line.refused) for line in of_child.lines]) == (
        ana,
        [("Grace Field", True), ("Dawn Okoro", False)],
    )
    assert {line.children for line in of_child.lines} == {()}
    of_user = looks.list_of_user(db, token, "Dawn")
    assert [(line.what, line.children) for line in of_user.lines] == [("Whom to ring", (ana,))]
    assert "Costa" not in repr((of_child, of_user))
    told = values(
        db, "MATCH (e:AuditEvent) WHERE e.action STARTS WITH 'audit.' RETURN e.action, e.child_refs ORDER BY e.action"
    )
    assert told == [("audit.child", [ana]), ("audit.user", [ana])]


@pytest.mark.parametrize("number", ["", "K7 OR K8", '"', "*", "K" * 12, "K7Q2M94D0/"])
def test_a_number_is_letters_and_digits(db: Database, number: str) -> None:
    with pytest.raises(NotFound):
        looks.list_of_number(db, auditor(db), number)


def test_nobody_but_auditors_reads_the_audit(db: Database, ana: str) -> None:
    for token in (manager(db), given_session(db, username="ops", role=Role.OPERATOR), given_session(db)):
        with pytest.raises(Refused):
            looks.list_of_number(db, token, ana)
        with pytest.raises(Refused):
            looks.list_of_user(db, token, "dawn")


def test_everybody_sees_what_they_did_themselves(db: Database, ana: str) -> None:
    token = given_session(db, service_id=SCHOOL)
    look(db, token, ana)
    look(db, lead(db), ana)

    (line,) = looks.list_own(db, token).lines

    assert (line.who, line.what, line.children) == ("Dawn Okoro", "Whom to ring", (ana,))
    assert [each.what for each in looks.list_own(db, token).lines] == ["What they looked at themselves", "Whom to ring"]


def test_of_one_moment_the_last_comes_first(db: Database, ana: str, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    token = given_session(db, service_id=SCHOOL)
    reasons = ["attendance", "safeguarding", "wellbeing", "early_help"] * 5
    for reason in reasons:
        look(db, token, ana, reason)

    assert [line.why for line in looks.list_own(db, token).lines] == [
        why_of(each) + " (AB12)" for each in reasons[:-5:-1]
    ]
    # Of two who look, each keeps the order of what they did.
    look(db, lead(db), ana)
    of_child = looks.list_of_child(db, asked(manager(db), ana)).lines
    by_dawn = [line.why for line in of_child if line.who == "Dawn Okoro"]
    assert by_dawn == [why_of(each) + " (AB12)" for each in reasons[:-5:-1]]


def test_the_command_lists_and_is_itself_recorded(
    settings: Settings, db: Database, ana: str, capsys: pytest.CaptureFixture[str]
) -> None:
    look(db, given_session(db, service_id=SCHOOL), ana)

    assert main(["audit", "looks", "--child", ana]) == 0
    assert "Dawn Okoro, Hillbrook Primary School, practitioner: Whom to ring. Attendance concern (AB12)" in (
        capsys.readouterr().out
    )
    assert main(["audit", "looks", "--user", "dawn", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["of"] == "Dawn Okoro"
    assert main(["audit", "looks", "--user", "nobody"]) == 1
    told = values(
        db, "MATCH (e:AuditEvent) WHERE e.action STARTS WITH 'audit.' RETURN e.action, e.child_refs ORDER BY e.at"
    )
    assert told == [("audit.child", [ana]), ("audit.user", [ana])]
