"""Tests for graph.model.likeness and graph.model.nicknames: what is like what, and who is listed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.likeness import MOST_RESULTS, Named, Sought, alike, days_meant, distance, likeness, listed, sounds
from graph.model.names import fold_parts, fold_terms, search_parts
from graph.model.nicknames import other_forms

TODAY = date(2026, 11, 22)
BORN = date(2017, 6, 4)
words = st.text("abcdefgh", min_size=1, max_size=9)


def named(forename: str, family_name: str, born: date | None = BORN, **others: str) -> Named:
    parts = search_parts([forename, family_name, *others.values()])
    return Named(parts, fold_parts(forename), fold_parts(family_name), born)


def like(typed: str, *records: Named, born: date | None = BORN, age: int | None = None) -> float:
    return likeness(Sought(fold_terms(typed), born, age), records, TODAY) or 0.0


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        ("ana costa", "anna costa"),
        ("anna costa", "anna kosta"),
        ("ana", "anx"),
        ("costa ana", "costa bob"),
        ("a costa", "b costa"),
        ("annie costa", "bella costa"),
    ],
)
def test_what_is_nearer_is_liker(nearer: str, farther: str) -> None:
    ana = named("Ana", "Costa")

    assert like(nearer, ana) > like(farther, ana)


def test_a_birthday_that_is_nearer_is_liker() -> None:
    days = [BORN, date(2017, 4, 6), date(2018, 6, 4), date(2017, 6, 20), date(2017, 10, 1), date(2019, 1, 1)]

    values = [like("ana costa", named("Ana", "Costa", born)) for born in days]

    assert values == sorted(values, reverse=True)
    assert values[0] == 1.0
    assert values[-1] == 0.0


def test_a_rough_age_is_two_years_wide() -> None:
    values = [like("ana costa", named("Ana", "Costa"), born=None, age=age) for age in (9, 10, 8, 11, 12)]

    assert values[0] > values[1] == values[2] > values[3] > values[4] == 0.0


def test_two_wrong_names_are_nobody_whatever_the_birthday() -> None:
    assert like("bob smith", named("Ana", "Costa")) == 0.0
    assert like("bob costa", named("Ana", "Costa"), born=date(2017, 9, 1)) == 0.0


def test_names_of_all_records_count_together() -> None:
    census, register = named("Annie", "Reed"), named("Ana", "Costa", preferred="Bea")

    assert like("bea reed", census, register) == 1.0
    assert like("bea reed", register) < 1.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("alex", "alexander"),
        ("bill", "william"),
        ("mohammed", "muhammad"),
        ("ewa", "eva"),
        ("kasia", "katarzyna"),
        ("yusuf", "joseph"),
        ("sheikh", "shaikh"),
        ("chowdhury", "choudhury"),
        ("wisniewski", "wisniewsky"),
        ("steven", "stephen"),
    ],
)
def test_forms_of_one_name_are_alike_both_ways(first: str, second: str) -> None:
    assert alike(first, second) == alike(second, first) >= 0.86


def test_a_name_is_no_form_of_its_forms_forms() -> None:
    assert "alejandro" not in other_forms("alexandra")
    assert "alexandra" not in other_forms("alexander")
    assert other_forms("zzz") == frozenset()


@pytest.mark.parametrize(
    ("first", "second", "slips"),
    [("ana", "ana", 0), ("ana", "anna", 1), ("nowak", "nwoak", 1), ("kowal", "kovals", 2), ("ana", "costa", 3)],
)
def test_slips_are_counted(first: str, second: str, slips: int) -> None:
    assert distance(first, second) == slips


@given(words, words)
def test_slips_are_the_same_from_either_side(first: str, second: str) -> None:
    assert distance(first, second) == distance(second, first)
    assert 0.0 <= alike(first, second) == alike(second, first) <= 1.0


@given(st.text(max_size=30))
def test_anything_has_sounds(text: str) -> None:
    assert len(sounds(text)) <= len(text) * 2


def test_a_day_is_meant_with_its_swap_and_its_neighbouring_years() -> None:
    assert days_meant(date(2017, 6, 4)) == (date(2017, 6, 4), date(2017, 4, 6), date(2016, 6, 4), date(2018, 6, 4))
    assert days_meant(date(2016, 2, 29)) == (date(2016, 2, 29),)


def test_those_who_fit_equally_well_are_listed_all_or_not_at_all() -> None:
    best = [(1.0, "a"), (0.99, "b")]
    good = [(0.93, f"good{number:02}") for number in range(MOST_RESULTS - 2)]

    assert listed([*good, *best]) == (("a", "b", *(child for _, child in good)), False)
    assert listed([*good, *best, (0.93, "one more")]) == (("a", "b"), True)
    assert listed([]) == ((), False)


def test_more_than_a_list_holds_come_back_whole() -> None:
    chosen, more = listed([(0.9, f"{number}") for number in range(30)])

    assert (len(chosen), more) == (30, False)


def test_what_fits_far_worse_than_the_best_is_left_out() -> None:
    assert listed([(1.0, "exact"), (0.95, "near"), (0.8, "far")])[0] == ("exact", "near")
    assert listed([(0.9, "near"), (0.75, "weak"), (0.65, "far")])[0] == ("near", "weak")
