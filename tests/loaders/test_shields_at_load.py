"""A shield is never lost: rows that resemble a shielded child wait in quarantine, whatever way they come."""

import json
from datetime import date
from typing import Any

import pytest

from graph.model.errors import Conflict, NotFound, Refused
from graph.model.shielding import Ground
from graph.services import loads, shields, under_shield
from graph.services.canonical import canonical_hash
from graph.store import Database
from loaders.release import attach, release
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
        ground=Ground.ADOPTION,
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


OTHER = "9990000026"
ELSEWHERE: dict[str, Any] = {"forename": "Zara", "family_name": "Lee", "date_of_birth": date(2012, 3, 9)}


@pytest.mark.parametrize(
    "row",
    [
        {"forename": "Zara", "family_name": "Costa", "date_of_birth": date(2017, 4, 6), "postcode": "ZZ9 9ZZ"},
        {"forename": "Costa", "family_name": "Ana", "date_of_birth": date(2010, 5, 5), "postcode": "ZZ9 9ZZ"},
        {"forename": "Anabel", "family_name": "Lee", "postcode": "NS1 9ZZ"},
        {"forename": "Zara", "family_name": "Lee", "other_names": ["Costa, Ana"], "postcode": None},
        {**ELSEWHERE, "preferred_family_name": "Costa", "former_postcodes": ["NS1 1AA"], "postcode": None},
    ],
    ids=["turned birthday", "names swapped", "beginning and district", "another name", "known as, former home"],
)
def test_every_key_of_the_second_tier_puts_aside(db: Database, row: dict[str, Any]) -> None:
    given_restricted(db)

    given_file(db, "child_benefit", tidy([child("C1", **row)]), supplier="dwp")

    assert quarantined(db) == ["C1"]


def test_a_known_record_that_comes_to_resemble_waits_and_what_it_said_before_stays(db: Database) -> None:
    given_restricted(db)
    innocent = child("C1", **ELSEWHERE, postcode="ZZ9 9ZZ")
    given_file(db, "child_benefit", tidy([innocent]), supplier="dwp")

    given_file(db, "child_benefit", tidy([child("C1", postcode="NS9 9ZZ")]), supplier="dwp", as_at=TOMORROW)

    assert quarantined(db) == ["C1"]
    said = "MATCH (r:Record {key: 'C1'}) WHERE r.ended_run IS NULL AND NOT r:Quarantined RETURN r.forename"
    assert ask(db, said) == ["Zara"]


def test_what_is_surely_the_childs_widens_the_guard_at_once_and_for_good(db: Database) -> None:
    given_restricted(db)
    # By the number the child; the new name and home are the child's from now on.
    moved = {"family_name": "Lima", "postcode": "NS7 7ZZ"}
    copy = {**moved, "forename": "Annie", "date_of_birth": date(2016, 1, 8)}
    given_file(
        db,
        "involvements",
        tidy([child("1", nhs_number=NHS, **moved), child("2", **copy)]),
        supplier="northshire",
    )
    given_file(db, "child_benefit", tidy([child("C1", **copy)]), supplier="dwp")

    assert quarantined(db) == ["2", "C1"]


def test_whoever_comes_close_to_a_row_that_waits_waits_as_well(db: Database) -> None:
    given_restricted(db)
    given_file(db, "child_benefit", tidy([child("C1", nhs_number=OTHER, postcode="NS7 7ZZ")]), supplier="dwp")

    # A new life that only the number ties to the row that waits, and another key's later word.
    new_life = child(OTHER, **ELSEWHERE, nhs_number=OTHER, postcode="NS8 8ZZ")
    given_file(db, "pds", tidy([new_life, RESTRICTED]), as_at=TOMORROW)
    later = child("C1", **ELSEWHERE, postcode="NS8 8ZZ")
    given_file(db, "child_benefit", tidy([later]), supplier="dwp", as_at=TOMORROW)

    assert sorted(quarantined(db)) == [OTHER, "C1", "C1"]
    assert ask(db, "MATCH (p:Child) RETURN count(p)") == [1]


def test_a_number_with_another_forename_does_not_make_a_second_child(db: Database) -> None:
    given_restricted(db)

    given_file(
        db,
        "involvements",
        tidy([child("1", nhs_number=NHS, forename="Zara", family_name="Lee", postcode="NS8 8ZZ")]),
        supplier="northshire",
    )

    whose = "MATCH (r:Record {source: 'involvements'})-[:IDENTIFIES]->(p) WHERE NOT (p)<-[:SHIELDS]-() RETURN p"
    assert ask(db, whose) == []


def test_a_row_that_is_the_childs_is_given_to_the_child_and_undo_puts_it_back(db: Database) -> None:
    given_restricted(db)
    moved = {"family_name": "Lima", "postcode": "NS7 7ZZ"}
    said = tidy(
        [child("C1", **moved), carer("m")],
        [home("C1"), fact("C1", "CARED_FOR_BY", "record", "m", relationship="mother")],
        [address()],
    )
    given_file(db, "child_benefit", said, supplier="dwp")
    before = canonical_hash(db)
    (row,) = loads.list_waiting(db)
    number = ask(db, "MATCH (c:Child) RETURN c.child_id")[0]

    done = attach(db, row.record_version, by="os:test", on=TOMORROW)

    assert done.child_number == number
    assert loads.list_waiting(db) == []
    whose = "MATCH (r:Record {key: 'C1'})-[i:IDENTIFIES]->(p)<-[:SHIELDS]-() RETURN [p.person_id, i.method]"
    assert ask(db, whose) == [[number, "said"]]
    assert ask(db, "MATCH (c:Child)-[f {source: 'child_benefit'}]->() RETURN count(DISTINCT c)") == [1]
    assert ask(db, "MATCH (e:AuditEvent {action: 'attach from quarantine'}) RETURN e.actor") == ["os:test"]
    # What it says is guarded from now on.
    given_file(db, "births", tidy([child("B9", **moved, forename="Zara", date_of_birth=None)]), supplier="ons")
    assert ask(db, "MATCH (r:Quarantined) WHERE r.ended_run IS NULL RETURN r.key") == ["B9"]
    loads.undo_run(db, loads.list_runs(db)[0].run)
    loads.undo_run(db, done.run)
    assert canonical_hash(db) == before


def test_a_row_that_may_be_of_two_shielded_children_is_given_to_the_one_that_is_named(db: Database) -> None:
    given_area(db)
    twin = {"nhs_number": OTHER, "forename": "Noah", "restricted": True}
    given_file(db, "pds", tidy([child(NHS, nhs_number=NHS, restricted=True), child(OTHER, **twin)]))
    given_file(db, "child_benefit", tidy([child("C1", forename="N")]), supplier="dwp")
    (row,) = loads.list_waiting(db)
    (number,) = ask(db, "MATCH (r:Record {key: $key})-[:IDENTIFIES]->(c) RETURN c.child_id", key=OTHER)

    with pytest.raises(Refused, match="--child"):
        attach(db, row.record_version, by="os:test", on=TOMORROW)
    with pytest.raises(Refused, match="0000000000"):
        attach(db, row.record_version, by="os:test", on=TOMORROW, child_number="0000000000")
    done = attach(db, row.record_version, by="os:test", on=TOMORROW, child_number=number)

    assert done.child_number == number
    with pytest.raises(NotFound):
        attach(db, row.record_version, by="os:test", on=TOMORROW)


def test_another_childs_known_record_is_not_given_away(db: Database) -> None:
    given_restricted(db)
    given_file(db, "child_benefit", tidy([child("C1", **ELSEWHERE, postcode="ZZ9 9ZZ")]), supplier="dwp")
    given_file(db, "child_benefit", tidy([child("C1")]), supplier="dwp", as_at=TOMORROW)
    (row,) = loads.list_waiting(db)

    with pytest.raises(Conflict, match="another child"):
        attach(db, row.record_version, by="os:test", on=TOMORROW)

    assert loads.list_waiting(db) == [row]


COPY = child("C1", forename="Anabel", family_name="Lima", postcode="NS9 9ZZ")


def given_shield(db: Database, key: str) -> str:
    """The number of a new shield over the child of this record."""
    (number,) = ask(db, "MATCH (:Record {key: $key})-[:IDENTIFIES]->(c) RETURN DISTINCT c.child_id", key=key)
    return shields.add_shield(
        db,
        child_number=number,
        ground=Ground.ADOPTION,
        review_on=date(2027, 5, 1),
        decided_by="os:test",
        today=TODAY,
    )


SHIELDED_KEYS = """
MATCH (s:Shield)-[:SHIELDS]->(:Person)<-[i:IDENTIFIES]-(r:Record)
WHERE s.to IS NULL AND i.ended_run IS NULL RETURN DISTINCT r.key
"""


def test_a_new_shield_holds_the_entries_that_may_be_the_same_child_and_no_others(db: Database) -> None:
    given_area(db)
    brother = child("C2", forename="Leo", date_of_birth=date(2014, 2, 8), postcode="NS2 2AA")
    namesake = child(OTHER, nhs_number=OTHER, date_of_birth=date(2014, 2, 8), postcode="NS9 9ZZ")
    given_file(db, "child_benefit", tidy([COPY, brother]), supplier="dwp")
    given_file(db, "pds", tidy([child(NHS, nhs_number=NHS, postcode="NS2 2AA"), namesake]))
    keys = "MATCH (r:Record {subject: 'child'})-[:IDENTIFIES]->(p) RETURN count(DISTINCT p)"
    assert ask(db, keys) == [4]

    shield = given_shield(db, NHS)

    assert sorted(ask(db, SHIELDED_KEYS)) == [NHS, "C1"]
    (held,) = [row for row in shields.list_shields(db) if row.state == "held"]
    assert (held.held_for, held.ground) == (shield, "adoption")
    different = under_shield.decide(db, held.shield_id, same=False, by="os:test")
    assert ask(db, SHIELDED_KEYS) == [NHS]
    assert different.run is None
    # Parted for good: the next shield does not hold it again.
    given_shield(db, NHS)
    assert ask(db, SHIELDED_KEYS) == [NHS]


def test_an_entry_that_is_held_is_joined_with_the_shielded_child_and_parted_again(db: Database) -> None:
    given_area(db)
    given_file(db, "child_benefit", tidy([COPY]), supplier="dwp")
    given_file(db, "pds", tidy([child(NHS, nhs_number=NHS)]))
    given_shield(db, NHS)
    (held,) = [row.shield_id for row in shields.list_shields(db) if row.state == "held"]
    whose = "MATCH (r:Record {subject: 'child'})-[i:IDENTIFIES]->(p) WHERE i.ended_run IS NULL RETURN count(DISTINCT p)"

    done = under_shield.decide(db, held, same=True, by="os:test")

    assert ask(db, whose) == [1]
    assert sorted(ask(db, SHIELDED_KEYS)) == [NHS, "C1"]
    under_shield.take_apart(db, done.judgement_id, by="os:test")
    assert ask(db, whose) == [2]
    assert sorted(ask(db, SHIELDED_KEYS)) == [NHS, "C1"]


def test_what_a_load_tells_of_the_child_is_looked_for_before_the_load_is_published(db: Database) -> None:
    given_restricted(db)
    # Nothing ties this entry to the child yet.
    before = child("C1", **ELSEWHERE | {"family_name": "Lima"}, postcode="NS7 7ZZ")
    given_file(db, "child_benefit", tidy([before]), supplier="dwp")
    assert quarantined(db) == []

    told = child("1", nhs_number=NHS, preferred_forename="Zara", preferred_family_name="Lima")
    plan, load = given_file(db, "involvements", tidy([told]), supplier="northshire", publish=False)

    assert plan.counts["held"] == 1
    assert sorted(ask(db, SHIELDED_KEYS)) == sorted([NHS, "B1", "C1", "1"])
    load.publish(rows=1)


def test_r_in_a_file_holds_the_entries_that_were_there_before(db: Database) -> None:
    given_area(db)
    given_file(db, "child_benefit", tidy([COPY]), supplier="dwp")

    plan, _ = given_file(db, "pds", tidy([RESTRICTED]))

    assert plan.counts["held"] == 1
    assert sorted(ask(db, SHIELDED_KEYS)) == [NHS, "C1"]
