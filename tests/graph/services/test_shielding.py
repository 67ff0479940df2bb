"""Shields as people decide them, on the real graph: two people, urgent ones at once, reviews with owners."""

from datetime import timedelta
from pathlib import Path

import pytest

from graph.model import clock
from graph.model.circle import Depth
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.roles import Role
from graph.model.shielding import Ground, ShieldPage
from graph.services import audit, shielding
from graph.services.disclosure import show_child
from graph.services.handles import handle_of
from graph.services.shielding import Wish
from graph.store import Database
from tests.builders import _run, given_carer, given_child, given_run, given_session, given_shield, values

TODAY = clock.day_in_england(clock.now())
REVIEW = TODAY + timedelta(days=90)
OTHER_AREA = "E06000009"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNPOST_KEYS", str(tmp_path / "keys"))


def wish(*, urgent: bool = False) -> Wish:
    return Wish("domestic_abuse", "refuge", "moved on Monday", REVIEW, urgent)


def lead(db: Database, name: str, **more: str) -> str:
    return given_session(db, username=name, name=name.title(), role=Role.SAFEGUARDING_LEAD, **more)


def manager(db: Database, name: str = "omar") -> str:
    return given_session(db, username=name, name=name.title(), role=Role.DATA_MANAGER)


def page(db: Database, token: str, child: str) -> ShieldPage:
    return shielding.show_shield(db, token, handle_of(token, child))


def propose(db: Database, token: str, child: str, *, urgent: bool = False) -> None:
    shielding.propose(db, token, handle_of(token, child), wish(urgent=urgent))


def decide(db: Database, token: str, child: str, verdict: str) -> None:
    shielding.decide(db, token, handle_of(token, child), verdict)


def is_hidden(db: Database, token: str, child: str) -> bool:
    handle = handle_of(token, child)
    shown = show_child(db, token, handle, reason="wellbeing", case_reference="", depth=Depth.CIRCLE)
    return shown.five_items


@pytest.fixture
def ana(db: Database) -> str:
    given_run(db)
    return given_child(db)


def test_one_proposes_and_a_second_decides(db: Database, ana: str):
    grace, hugh, dawn = lead(db, "grace"), manager(db), given_session(db)

    propose(db, grace, ana)

    assert not is_hidden(db, dawn, ana)
    assert page(db, grace, ana).shields == ()
    proposed = page(db, hugh, ana).proposed
    assert proposed is not None
    assert (proposed.words, proposed.by, proposed.mine) == ("moved on Monday", "Grace", False)
    with pytest.raises(Refused, match="proposed this yourself"):
        decide(db, grace, ana, "agreed")
    with pytest.raises(Conflict, match="waits to be decided already"):
        propose(db, hugh, ana)
    decide(db, hugh, ana, "agreed")

    assert is_hidden(db, dawn, ana)
    (shield,) = page(db, grace, ana).shields
    assert (shield.ground, shield.review_on, shield.owner, shield.state) == (
        Ground.DOMESTIC_ABUSE,
        REVIEW,
        "Grace",
        "confirmed",
    )
    with pytest.raises(Conflict, match="Nothing about"):
        decide(db, hugh, ana, "agreed")
    acts = values(db, "MATCH (e:AuditEvent) WHERE e.action = 'shield.decide' RETURN e.decision")
    assert sorted(each for (each,) in acts) == ["allowed", "denied", "denied"]
    assert audit.verify_log(db) == []


def test_an_urgent_one_works_at_once_and_ends_if_it_is_refused(db: Database, ana: str):
    grace, hugh, dawn = lead(db, "grace"), lead(db, "hugh"), given_session(db)

    propose(db, grace, ana, urgent=True)

    assert is_hidden(db, dawn, ana)
    (waits,) = shielding.list_waiting(db, hugh).waiting
    assert (waits.name, waits.overdue, waits.mine) == ("Ana Costa", False, False)
    assert "in force until decided" in waits.state
    decide(db, hugh, ana, "refused")

    assert not is_hidden(db, dawn, ana)
    assert shielding.list_waiting(db, hugh).is_empty


def test_a_copy_of_the_child_is_held_with_an_urgent_shield(db: Database, ana: str):
    copy = given_child(db, source="child_benefit", supplier="DWP")
    dawn = given_session(db)

    propose(db, lead(db, "grace"), ana, urgent=True)

    assert is_hidden(db, dawn, copy)


def test_ending_a_shield_needs_two_people_and_it_holds_meanwhile(db: Database, ana: str):
    grace, hugh, dawn = lead(db, "grace"), manager(db), given_session(db)
    given_shield(db, child_id=ana)

    shielding.propose_end(db, grace, handle_of(grace, ana), "the case has closed")

    assert is_hidden(db, dawn, ana)
    with pytest.raises(Refused):
        decide(db, grace, ana, "agreed")
    decide(db, hugh, ana, "refused")
    assert is_hidden(db, dawn, ana)
    shielding.propose_end(db, hugh, handle_of(hugh, ana), "the case has closed")
    decide(db, grace, ana, "agreed")
    assert not is_hidden(db, dawn, ana)


def test_a_review_that_is_due_is_listed_and_who_keeps_the_shield_owns_it(db: Database, ana: str):
    grace = lead(db, "grace")
    given_shield(db, child_id=ana)
    _run(db, "MATCH (s:Shield) SET s.review_on = $day, s.ground = 'adoption'", day=TODAY - timedelta(days=1))

    (line,) = shielding.list_waiting(db, grace).reviews
    assert (line.name, line.overdue, line.owner) == ("Ana Costa", True, None)
    (shield,) = page(db, grace, ana).shields
    shielding.keep(db, grace, handle_of(grace, ana), shield.shield_id, REVIEW)

    found = shielding.list_waiting(db, grace)
    assert (found.reviews, found.in_force) == ((), 1)
    assert page(db, grace, ana).shields[0].owner == "Grace"
    with pytest.raises(Refused, match="6 months"):
        shielding.keep(db, grace, handle_of(grace, ana), shield.shield_id, TODAY + timedelta(days=200))


def test_nobody_of_another_area_no_family_and_no_practitioner_decides(db: Database, ana: str):
    given_carer(db, child_id=ana, forename="Grace", family_name="Field")
    other = lead(db, "other", authority=OTHER_AREA)
    mother = given_session(db, username="grace", name="Grace Field", role=Role.SAFEGUARDING_LEAD)

    for token in (other, mother):
        with pytest.raises(NotFound):
            propose(db, token, ana)
        with pytest.raises(NotFound):
            page(db, token, ana)
    with pytest.raises(Refused):
        propose(db, given_session(db), ana)
    assert shielding.list_waiting(db, other).is_empty
    assert values(db, "MATCH (p:ShieldProposal) RETURN p.proposal_id") == []


def test_the_ground_in_words_lies_sealed_in_the_graph(db: Database, ana: str):
    propose(db, lead(db, "grace"), ana)

    ((kept,),) = values(db, "MATCH (p:ShieldProposal) RETURN p.words")
    assert b"Monday" not in bytes(kept)
