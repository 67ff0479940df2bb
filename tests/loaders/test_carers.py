"""Carers of a file beside those who are known: joined by one name beside one child or in one home, and by no less."""

import random
from datetime import date
from typing import Any

import pytest

from graph.model.circle import Depth
from graph.model.roles import Role
from graph.services.canonical import canonical_hash
from graph.services.handles import handle_of
from graph.services.loads import undo_run
from graph.services.walking import show_connections
from graph.store import Database
from loaders.bulk import TableState
from loaders.plan import Plan, Scope, plan_load
from loaders.registry import FEEDS
from tests.builders import given_session
from tests.loaders.judged import person_of as person_in
from tests.loaders.said import TODAY, address, carer, child, fact, given_area, given_file, home, tidy

# Valid and nobody's: the sandbox's numbers.
NHS = ["9990000018", "9990000026", "9990000034", "9990000042"]
ANA: dict[str, Any] = {"nhs_number": NHS[0], "forename": "Anneliese", "date_of_birth": date(2017, 6, 14)}
BEN: dict[str, Any] = {"nhs_number": NHS[1], "forename": "Bartholomew", "date_of_birth": date(2013, 1, 22)}


def cares(key: str, who: str, relationship: str | None = "mother") -> dict[str, Any]:
    """That the child of this record is cared for by the carer of that one."""
    return fact(key, "CARED_FOR_BY", "record", who, relationship=relationship)


def planned(
    state: TableState,
    records: list[dict[str, Any]],
    facts: list[dict[str, Any]],
    feed: str = "pds",
    places: list[dict[str, Any]] | None = None,
    withdrawn: frozenset[str] = frozenset(),
) -> Plan:
    """The plan of a file; the state has taken it."""
    said = tidy(records, facts, [address()] if places is None else places)
    said = type(said)(said.records, said.facts, said.entities, withdrawn)
    plan = plan_load(said, Scope(FEEDS[feed], "nhs", TODAY, True, len(state.tables.records) + 1), state)
    state.take(plan)
    return plan


def known(*more: dict[str, Any], mother: dict[str, Any] | None = None, **ana: Any) -> TableState:
    """Ana at 14 Larch Road with Maria Costa, her mother, by PDS."""
    state = TableState()
    records = [child("ana", **ANA, **ana), carer("m", **mother or {}), *more]
    planned(state, records, [home("ana"), cares("ana", "m")])
    return state


def person_of(state: TableState, key: str) -> str:
    """The person of a record."""
    rows = [frame[frame["key"] == key] for frame in state.tables.records]
    return str(next(found["subject_id"].iloc[0] for found in rows if len(found)))


def told(state: TableState, relationship: str | None = "mother", at: str | None = "addr:larch", **said: Any) -> bool:
    """Whether a carer whom child benefit tells of beside Ana is her mother of PDS."""
    facts = [cares("claim", "c", relationship)] + ([home("claim", at)] if at else [])
    planned(state, [child("claim", **ANA), carer("c", **said)], facts, "child_benefit")
    return person_of(state, "c") == person_of(state, "m")


def test_one_name_beside_one_child_is_one_carer() -> None:
    state = known()

    assert told(state, at=None, forename="MARIA")

    row = state.tables.records[-1].set_index("key").loc["c"]
    assert (row["method"], row["score"]) == ("care", None)
    assert row["basis"] == state.tables.records[0].set_index("key").loc["m", "record"]


@pytest.mark.parametrize(
    ("mother", "said"),
    [
        ({}, {"forename": "Mariana"}),
        ({}, {"family_name": "Costa-Reis"}),
        ({}, {"relationship": "father"}),
        ({}, {"relationship": "grandparent"}),
        ({"date_of_birth": date(1988, 2, 3)}, {"date_of_birth": date(1961, 9, 30)}),
        ({"nino_hash": "a"}, {"nino_hash": "b"}),
        ({"forename": None}, {"forename": None}),
    ],
)
def test_whoever_differs_is_somebody_else(mother: dict[str, Any], said: dict[str, Any]) -> None:
    assert not told(known(mother=mother), **said)


@pytest.mark.parametrize("relationship", ["step-parent", "guardian", None])
def test_another_word_for_the_same_is_no_difference(relationship: str | None) -> None:
    assert told(known(), relationship)


def test_a_brothers_carer_of_one_name_and_home_is_the_same() -> None:
    state = known()
    planned(state, [child("ben", **BEN), carer("c")], [home("ben"), cares("ben", "c")], "births")

    assert person_of(state, "c") == person_of(state, "m")


def test_a_namesake_elsewhere_is_not() -> None:
    state = known()
    other = address("addr:pier") | {"line_1": "3 Pier Street"}
    facts = [home("ben", "addr:pier"), cares("ben", "c")]
    planned(state, [child("ben", **BEN), carer("c")], facts, "births", [other])

    assert person_of(state, "c") != person_of(state, "m")


def test_a_bare_postcode_is_no_home() -> None:
    bare = address() | {"line_1": None}
    state = TableState()
    planned(state, [child("ana", **ANA), carer("m")], [home("ana"), cares("ana", "m")], places=[bare])
    planned(state, [child("ben", **BEN), carer("c")], [home("ben"), cares("ben", "c")], "births", [bare])

    assert person_of(state, "c") != person_of(state, "m")


def test_in_a_hostel_an_address_says_nothing() -> None:
    state = known()
    many = [child(f"h{number}", forename=f"Child{number}", postcode="NS9 9AA") for number in range(13)]
    planned(state, many, [home(each["key"]) for each in many], "school_census")
    planned(state, [child("ben", **BEN), carer("c")], [home("ben"), cares("ben", "c")], "births")

    assert person_of(state, "c") != person_of(state, "m")


def test_records_of_one_file_are_put_together_in_any_order() -> None:
    records = [child("ana", **ANA), child("ben", **BEN), carer("m1"), carer("m2"), carer("m3", forename="Rui")]
    facts = [home("ana"), home("ben"), cares("ana", "m1"), cares("ben", "m2"), cares("ben", "m3", "father")]
    for seed in range(4):
        state = TableState()
        random.Random(seed).shuffle(records)
        plan = planned(state, records, facts)

        assert person_of(state, "m1") == person_of(state, "m2") != person_of(state, "m3")
        assert len(plan.persons) == 4
        assert sorted(plan.records.loc[plan.records["subject"] == "carer", "method"]) == ["care", "new", "new"]


def test_a_telephone_number_joins_where_no_home_does() -> None:
    state = TableState()
    records = [child("ana", **ANA), child("ben", **BEN), carer("m1", telephone="01632 960001")]
    records += [carer("m2", telephone="01632 960001")]
    planned(state, records, [cares("ana", "m1"), cares("ben", "m2")])

    assert person_of(state, "m1") == person_of(state, "m2")


def test_two_of_one_name_beside_one_child_are_two() -> None:
    state = known()
    records = [child("claim", **ANA), carer("c1"), carer("c2")]
    planned(state, records, [cares("claim", "c1", None), cares("claim", "c2", None)], "child_benefit")

    assert len({person_of(state, key) for key in ("m", "c1", "c2")}) == 3


def test_carers_of_a_shielded_child_stay_apart() -> None:
    state = known(restricted=True)
    # A brother of another family name, since all that resembles a shielded child waits in quarantine.
    records = [child("ben", **BEN, family_name="Whitlock"), carer("c")]
    planned(state, records, [home("ben"), cares("ben", "c")], "births")

    assert person_of(state, "c") != person_of(state, "m")
    assert not told(state)


def test_carers_of_who_is_under_review_stay_apart() -> None:
    state = known()
    doubtful = ANA | {"nhs_number": None, "date_of_birth": date(2017, 6, 15), "forename": "Annaliese"}
    plan = planned(state, [child("d", **doubtful), carer("c")], [home("d"), cares("d", "c")], "involvements")

    assert len(plan.proposals) == 1
    assert person_of(state, "c") != person_of(state, "m")


def test_carers_of_a_sealed_life_stay_apart() -> None:
    state = known()
    planned(state, [child("ben", **BEN)], [], "deaths", withdrawn=frozenset({NHS[0]}))
    planned(state, [child("claim", **ANA), carer("c")], [cares("claim", "c")], "child_benefit")

    assert person_of(state, "c") != person_of(state, "m")


def given_family(db: Database) -> None:
    """Ana and Ben at 14 Larch Road; each record tells another telephone number of Maria, the mother of both."""
    given_area(db)
    records = [child("ana", **ANA), child("ben", **BEN)]
    records += [carer("m1", telephone="01632 960001"), carer("m2", telephone="01632 960002")]
    facts = [home("ana"), home("ben"), cares("ana", "m1"), cares("ben", "m2")]
    given_file(db, "pds", tidy(records, facts, [address()]))


def test_a_child_s_page_shows_of_a_carer_what_was_said_beside_that_child(db: Database) -> None:
    given_family(db)
    token = given_session(db, role=Role.SAFEGUARDING_LEAD)

    assert person_in(db, "m1") == person_in(db, "m2")
    for key, telephone, sibling in (("ana", "01632 960001", "Bartholomew"), ("ben", "01632 960002", "Anneliese")):
        handle = handle_of(token, person_in(db, key))
        chosen: dict[str, Any] = {"reason": "safeguarding", "case_reference": "", "depth": Depth.CIRCLE}
        first = show_connections(db, token, handle, steps=(), **chosen)
        (mother,) = first.page.carers
        (step,) = (step for step in first.walk.steps if step.origin == mother.key)
        walked = show_connections(db, token, handle, steps=(step.word,), **chosen)

        assert mother.telephone == telephone
        assert [one.name.split()[0] for band in walked.walk.bands for one in band.children] == [sibling]
        assert not any(link.by_name for band in walked.walk.bands for one in band.children for link in one.links)


def test_an_undone_run_takes_back_what_it_joined(db: Database) -> None:
    given_family(db)
    before = canonical_hash(db)
    said = tidy([child("claim", **ANA), carer("c")], [cares("claim", "c")])
    plan, load = given_file(db, "child_benefit", said, supplier="dwp")
    joined = person_in(db, "c") == person_in(db, "m1")

    undo_run(db, load.run)

    assert joined
    assert plan.counts["by_care"] == 1
    assert canonical_hash(db) == before
