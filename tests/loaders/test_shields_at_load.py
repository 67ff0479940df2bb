"""A shield is never lost: rows that resemble a shielded child wait in quarantine, whatever way they come."""

import json
from datetime import date
from typing import Any

import pytest

from graph.model.errors import NotFound
from graph.services import loads, shields
from graph.services.canonical import canonical_hash
from graph.store import Database
from loaders.release import release
from tests.loaders.said import TODAY, address, carer, child, fact, given_area, given_file, home, tidy
from tests.loaders.test_write import ask

NHS, UPN = "9990000018", "B990900100001"
TOMORROW = date(2026, 11, 22)
RESTRICTED = child(NHS, nhs_number=NHS, restricted=True, postcode=None)


def given_restricted(db: Database) -> loads.Load:
    """Elsie's like: a child whose PDS record is restricted, known before at an address."""
    given_area(db)
    given_file(db, "births", tidy([child("B1", nhs_number=NHS)]), supplier="ons")
    return given_file(db, "pds", tidy([RESTRICTED]))[1]


def quarantined(db: Database) -> list[Any]:
    """The keys in quarantine."""
    return ask(db, "MATCH (r:Quarantined) RETURN r.key")


def test_r_in_a_pds_record_shields_at_once_and_waits_for_a_person(db: Database) -> None:
    given_restricted(db)

    (shield,) = shields.list_shields(db)
    assert (shield.ground, shield.state, shield.decided_by) == ("restricted_by_nhs", "proposed", None)
    (guard,) = shields.list_guards(db)
    assert guard.postcodes == ["NS1 1AA"]  # from the birth record: what is guarded is all that is known
    shields.confirm_shield(db, shield_id=shield.shield_id, decided_by="os:test", review_on=date(2027, 5, 1))
    assert shields.list_shields(db)[0].state == "confirmed"


@pytest.mark.parametrize(
    "row",
    [
        {"forename": "Anna", "family_name": "Costa", "date_of_birth": date(2017, 6, 4), "postcode": "ZZ9 9ZZ"},
        {"forename": "Ana", "family_name": "Kosta", "date_of_birth": date(2017, 6, 4), "postcode": "ZZ9 9ZZ"},
        {"forename": "Ana", "family_name": "Costa", "date_of_birth": date(2010, 1, 1), "postcode": None},
        {"forename": "Zara", "family_name": "Lee", "date_of_birth": date(2017, 6, 4), "postcode": "NS1 1AA"},
        {
            "forename": "Zara",
            "family_name": "Lee",
            "date_of_birth": date(2001, 1, 1),
            "postcode": None,
            "nhs_number": NHS,
        },
        {"forename": "Zara", "family_name": "Lee", "former_family_name": "Costa", "postcode": "NS1 1AA"},
    ],
    ids=[
        "surname and birthday",
        "forename and birthday",
        "both names",
        "birthday and postcode",
        "number alone",
        "former name and postcode",
    ],
)
def test_a_row_that_resembles_a_shielded_child_is_put_aside_whole(db: Database, row: dict[str, Any]) -> None:
    given_restricted(db)
    said = tidy([child("C1", **row), carer("m")], [home("C1"), fact("C1", "CARED_FOR_BY", "record", "m")], [address()])

    plan, _ = given_file(db, "child_benefit", said, supplier="dwp")

    assert quarantined(db) == ["C1"]
    assert plan.counts["quarantined"] == 1
    assert ask(db, "MATCH (r:Record {source: 'child_benefit'})-[says]->() RETURN says") == []
    assert ask(db, "MATCH ()-[f {source: 'child_benefit'}]->() RETURN f") == []
    payload = json.loads(ask(db, "MATCH (r:Quarantined) RETURN r.payload")[0])
    assert [len(payload[part]) for part in ("facts", "carers", "addresses")] == [2, 1, 1]


def test_the_shielded_child_itself_by_its_number_is_not_put_aside(db: Database) -> None:
    given_restricted(db)

    plan, _ = given_file(db, "involvements", tidy([child("1", nhs_number=NHS)]), supplier="northshire")

    assert quarantined(db) == []
    assert plan.counts["by_nhs_number"] == 1


def test_rows_of_the_same_file_are_held_against_its_own_restricted_children(db: Database) -> None:
    given_area(db)
    copy = child("9990000026", nhs_number="9990000026", family_name="Kosta", postcode="ZZ9 9ZZ")

    given_file(db, "pds", tidy([copy, RESTRICTED]))

    assert quarantined(db) == ["9990000026"]


def test_what_is_in_quarantine_is_put_aside_once_and_leaves_with_undo(db: Database) -> None:
    given_restricted(db)
    before = canonical_hash(db)
    _, first = given_file(db, "child_benefit", tidy([child("C1")]), supplier="dwp")
    plan, second = given_file(db, "child_benefit", tidy([child("C1")]), supplier="dwp", as_at=TOMORROW)

    assert quarantined(db) == ["C1"]
    assert plan.quarantined == []
    loads.undo_run(db, second.run)
    loads.undo_run(db, first.run)
    assert canonical_hash(db) == before


def test_a_shield_outlives_the_run_that_brought_the_child_and_finds_the_child_again(db: Database) -> None:
    load = given_restricted(db)
    loads.undo_run(db, load.run)
    births = next(run.run for run in loads.list_runs(db) if run.feed == "births")
    loads.undo_run(db, births)
    assert ask(db, "MATCH (p:Child) RETURN p") == []
    assert ask(db, "MATCH (s:Shield) RETURN s.to") == [None]

    given_file(
        db,
        "births",
        tidy([child("B1", nhs_number=NHS), child("B2", postcode="ZZ9 9ZZ")]),
        supplier="ons",
        as_at=TOMORROW,
    )

    assert ask(db, "MATCH (s:Shield)-[:SHIELDS]->(p:Child) RETURN count(p)") == [1]
    assert quarantined(db) == ["B2"]


def test_an_ended_shield_guards_no_more(db: Database) -> None:
    given_restricted(db)
    shields.end_shield(db, shield_id=shields.list_shields(db)[0].shield_id, ended_by="os:test", on=TODAY)

    given_file(db, "child_benefit", tidy([child("C1", family_name="Kosta")]), supplier="dwp")

    assert quarantined(db) == []


def test_a_shield_by_hand_guards_every_name_and_number_known(db: Database) -> None:
    given_area(db)
    given_file(db, "pds", tidy([child(NHS, nhs_number=NHS, other_names=["Lima, Anna"], former_postcodes=["NS9 9ZZ"])]))
    given_file(db, "school_census", tidy([child("1/1", upn=UPN)]), supplier="dfe")
    number = ask(db, "MATCH (c:Child) RETURN c.child_id")[0]

    shields.add_shield(
        db,
        child_number=number,
        ground=shields.Ground.ADOPTION,
        review_on=date(2027, 5, 1),
        decided_by="os:test",
        today=TODAY,
    )

    (guard,) = shields.list_guards(db)
    assert (guard.forenames, guard.family_names) == (["ana", "anna"], ["costa", "lima"])
    assert (guard.nhs_numbers, guard.upns, guard.postcodes) == ([NHS], [UPN], ["NS1 1AA", "NS9 9ZZ"])
    assert ask(db, "MATCH (e:AuditEvent {action: 'shield child'}) RETURN e.actor") == ["os:test"]


def test_a_released_row_is_loaded_as_it_was_and_undo_puts_it_back(db: Database) -> None:
    given_restricted(db)
    said = tidy(
        [child("C1", forename="Noah"), carer("m")],
        [home("C1", starts=date(2020, 1, 2)), fact("C1", "CARED_FOR_BY", "record", "m", relationship="mother")],
        [address()],
    )
    given_file(db, "child_benefit", said, supplier="dwp")
    before = canonical_hash(db)
    (row,) = loads.list_waiting(db)

    run = release(db, row.record_version, by="os:test", on=TOMORROW)

    assert loads.list_waiting(db) == []
    assert ask(db, "MATCH (r:Record {source: 'child_benefit'})-[:IDENTIFIES]->(p) RETURN count(DISTINCT p)") == [2]
    homes = "MATCH (:Child)-[f:LIVES_AT {source: 'child_benefit'}]->() RETURN toString(f.from)"
    assert ask(db, homes) == ["2020-01-02"]
    assert ask(db, "MATCH (e:AuditEvent {action: 'release from quarantine'}) RETURN e.actor") == ["os:test"]
    with pytest.raises(NotFound):
        release(db, row.record_version, by="os:test", on=TOMORROW)
    plan, _ = given_file(db, "child_benefit", said, supplier="dwp", as_at=date(2026, 11, 23))
    assert plan.counts["unchanged"] == 2
    loads.undo_run(db, loads.list_runs(db)[0].run)
    loads.undo_run(db, run)
    assert canonical_hash(db) == before
