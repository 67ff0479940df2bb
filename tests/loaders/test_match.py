"""Who is who, for now: the rules of the first tier, asked of the tables of a first load."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.bulk import TableState
from loaders.match import match, new_ids, two_of_three
from loaders.plan import Scope, plan_load
from loaders.registry import FEEDS
from loaders.tables import RECORD_COLUMNS, shaped
from tests.loaders.said import BORN, TODAY, child, tidy

NHS, OTHER_NHS, UPN = "9990000018", "9990000026", "B990900100001"


def state_with(*records: dict[str, Any], feed: str = "pds") -> TableState:
    """What is known after one file of these records."""
    state = TableState()
    state.take(plan_load(tidy(records), Scope(FEEDS[feed], "nhs", TODAY, True, 1), state))
    return state


def matched(state: TableState, *records: dict[str, Any], supplier: str = "dfe") -> pd.DataFrame:
    """The matches of new records, by key."""
    frame = shaped(pd.DataFrame(list(records)), RECORD_COLUMNS)
    frame["record"] = frame["key"]
    found = match(frame, state, source="school_census", supplier=supplier)
    return found.set_index("record").sort_index()


def person_of(state: TableState, key: str) -> str:
    """The person of a record of the first file."""
    records = state.tables.records[0]
    return str(records.loc[records["key"] == key, "subject_id"].iloc[0])


def test_an_equal_number_joins_where_two_parts_of_the_birth_date_agree() -> None:
    state = state_with(child("p", nhs_number=NHS))

    found = matched(state, child("a", nhs_number=NHS, forename="Anna", date_of_birth=date(2017, 4, 6), postcode=None))
    other = matched(state, child("a", nhs_number=NHS, date_of_birth=date(2017, 6, 5), postcode=None))

    assert found.loc["a", "method"] == "new"  # day and month swapped: only the year agrees
    assert other.loc["a", "person_id"] == person_of(state, "p")
    assert other.loc["a", "method"] == "nhs_number"


def test_a_number_does_not_join_what_another_number_parts() -> None:
    state = state_with(child("p", nhs_number=NHS, upn=UPN))

    found = matched(state, child("a", nhs_number=OTHER_NHS, upn=UPN))

    assert found.loc["a", "method"] == "new"


def test_a_number_held_by_two_persons_joins_neither() -> None:
    state = state_with(
        child("p", nhs_number=NHS), child("q", nhs_number=NHS, forename="Ben", date_of_birth=date(2010, 1, 1))
    )

    assert person_of(state, "p") != person_of(state, "q")
    assert matched(state, child("a", upn=UPN, nhs_number=NHS)).loc["a", "person_id"] == person_of(state, "p")
    twice = state_with(
        child("p", nhs_number=NHS, multiple_birth=True), child("q", nhs_number=NHS, forename="Ben", multiple_birth=True)
    )
    assert matched(twice, child("a", nhs_number=NHS, forename="Cleo")).loc["a", "method"] == "new"


@pytest.mark.parametrize(
    "different",
    [{"forename": "Anna"}, {"family_name": "Lima"}, {"date_of_birth": date(2017, 6, 5)}, {"postcode": "NS1 1AB"}],
)
def test_demographics_join_only_when_all_four_agree(different: dict[str, Any]) -> None:
    state = state_with(child("p", nhs_number=NHS))

    assert matched(state, child("a", upn=UPN)).loc["a", "method"] == "demographics"
    assert matched(state, child("a", upn=UPN) | different).loc["a", "method"] == "new"


def test_demographics_see_through_accents_case_and_earlier_names_and_homes() -> None:
    state = state_with(
        child("p", forename="Zoë", family_name="O’Brien", former_postcodes=["NS9 9ZZ"], other_names=["Lima, Zoe"])
    )

    assert matched(state, child("a", forename="ZOE", family_name="OBRIEN")).loc["a", "method"] == "demographics"
    assert (
        matched(state, child("a", forename="Zoe", family_name="O'Brien", postcode="NS9 9ZZ")).loc["a", "method"]
        == "demographics"
    )
    assert matched(state, child("a", forename="Zoe", family_name="Lima")).loc["a", "method"] == "demographics"


def test_demographics_join_nobody_when_two_are_alike_on_either_side() -> None:
    alike = state_with(child("p", nhs_number=NHS), child("q", nhs_number=OTHER_NHS))
    one = state_with(child("p", nhs_number=NHS))

    assert matched(alike, child("a")).loc["a", "method"] == "new"
    assert set(matched(one, child("a"), child("b"))["method"]) == {"new"}
    assert matched(one, child("a"), child("b"))["person_id"].nunique() == 2


def test_demographics_never_join_a_known_multiple_birth() -> None:
    state = state_with(child("p", multiple_birth=True))

    assert matched(state, child("a")).loc["a", "method"] == "new"
    assert matched(state_with(child("p")), child("a", multiple_birth=True)).loc["a", "method"] == "new"


def test_demographics_do_not_join_where_a_number_disagrees() -> None:
    state = state_with(child("p", nhs_number=NHS))

    assert matched(state, child("a", nhs_number=OTHER_NHS)).loc["a", "method"] == "new"


def test_twins_with_one_number_stay_two() -> None:
    state = state_with(child("p", nhs_number=NHS, multiple_birth=True))

    found = matched(state, child("a", forename="Bea", nhs_number=NHS, multiple_birth=True))

    assert found.loc["a", "person_id"] != person_of(state, "p")


def test_records_of_one_file_with_one_number_are_one_person() -> None:
    found = matched(
        TableState(), child("a", upn=UPN), child("b", upn=UPN, postcode=None), child("c", upn=None, forename="Ben")
    )

    assert found.loc["a", "person_id"] == found.loc["b", "person_id"] != found.loc["c", "person_id"]
    assert list(found["method"]) == ["new", "upn", "new"]
    assert found.loc["b", "basis"] == "a"


def test_a_number_on_two_children_of_one_file_joins_them_only_under_one_forename() -> None:
    """A mistyped UPN is another pupil's, who may be born on such a day, or be a twin of whom nobody has told."""
    state = TableState()
    day = {"upn": UPN, "date_of_birth": date(2021, 4, 14)}

    found = matched(
        state,
        child("a", forename="Daniel", family_name="Adeyemi", **day),
        child("b", forename="Nell", family_name="Calwood", **day | {"date_of_birth": date(2021, 8, 14)}),
        child("c", forename="Dennis", family_name="Adeyemi", **day),
        child("d", forename="DANIEL", family_name="Calwood", **day),
    )

    assert found["person_id"].nunique() == 3
    assert found.loc["a", "person_id"] == found.loc["d", "person_id"]
    assert found["method"].tolist() == ["new", "new", "new", "upn"]


def test_a_suppliers_own_number_joins_its_own_records_only() -> None:
    state = TableState()
    first = tidy([child("x/1", local_id="77")])
    state.take(plan_load(first, Scope(FEEDS["school_census"], "dfe", TODAY, True, 1), state))

    assert matched(state, child("y/1", local_id="77", postcode=None)).loc["y/1", "method"] == "local_id"
    assert matched(state, child("y/1", local_id="77", postcode=None), supplier="else").loc["y/1", "method"] == "new"


records = st.builds(
    child,
    key=st.uuids().map(str),
    forename=st.sampled_from(["Ana", "Ben", "Cleo"]),
    nhs_number=st.sampled_from([None, NHS, OTHER_NHS]),
    upn=st.sampled_from([None, UPN]),
    multiple_birth=st.sampled_from([None, True]),
    postcode=st.sampled_from(["NS1 1AA", "NS1 1AB", None]),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(known=st.lists(records, max_size=6), new=st.lists(records, min_size=1, max_size=6), seed=st.randoms())
def test_every_record_gets_one_person_whatever_the_order_and_no_person_two_numbers(
    known: Any, new: Any, seed: Any
) -> None:
    state = state_with(*known) if known else TableState()
    shuffled = list(new)
    seed.shuffle(shuffled)

    one, other = matched(state, *new), matched(state, *shuffled)

    assert list(one.index) == sorted(record["key"] for record in new)
    assert list(one["method"]) == list(other["method"])
    numbers: dict[str, set[str]] = {}
    for record in new:
        if record["nhs_number"]:
            numbers.setdefault(one.loc[record["key"], "person_id"], set()).add(record["nhs_number"])
    assert all(len(held) == 1 for held in numbers.values())


def test_of_two_that_fit_one_person_by_a_number_and_cannot_both_be_it_neither_is_joined() -> None:
    state = state_with(child("p", nhs_number=None, upn=UPN), child("q", forename="Ben", postcode="NS9 9ZZ"))

    found = matched(
        state,
        child("one", nhs_number=NHS, upn=UPN),
        child("other", nhs_number=OTHER_NHS, upn=UPN),
        child("twin", forename="Ben", nhs_number=None, upn=None),
    )

    assert list(found.loc[["one", "other"], "method"]) == ["new", "new"]
    assert found["person_id"].nunique() == 3
    assert matched(state, child("one", nhs_number=NHS, upn=UPN))["method"].tolist() == ["upn"]


def test_two_of_three_parts_of_a_date() -> None:
    assert two_of_three(BORN, date(2016, 6, 4))
    assert not two_of_three(BORN, date(2016, 5, 4))
    assert not two_of_three(None, BORN)


def test_new_numbers_are_ten_characters_that_nobody_confuses_and_never_twice() -> None:
    made = new_ids(5000)

    assert len(set(made)) == 5000
    assert all(len(number) == 10 and not set(number) & set("ILOU") for number in made)
