"""Tests for graph.model.filter: what is kept on which day, and what may be asked for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.filter import Filter, FilterFault, Show, read_filter
from graph.model.intervals import Interval
from graph.model.kinds import Domain

TODAY = date(2026, 11, 21)
DAYS = st.dates(date(2008, 1, 1), TODAY)


@pytest.mark.parametrize(
    ("since", "until", "kept"),
    [
        (None, None, {Show.RECENT, Show.CURRENT, Show.ALL}),
        (TODAY, None, {Show.RECENT, Show.CURRENT, Show.ALL}),
        (TODAY + timedelta(1), None, set()),
        (None, TODAY + timedelta(1), {Show.RECENT, Show.CURRENT, Show.ALL}),
        (None, TODAY, {Show.RECENT, Show.ENDED, Show.ALL}),
        (TODAY, TODAY, {Show.RECENT, Show.ENDED, Show.ALL}),
        (None, date(2025, 11, 22), {Show.RECENT, Show.ENDED, Show.ALL}),
        (None, date(2025, 11, 21), {Show.ENDED, Show.ALL}),
    ],
)
def test_an_interval_holds_from_its_first_day_up_to_not_including_its_last(since, until, kept):
    assert {show for show in Show if Filter(TODAY, show).keeps(Interval(since, until))} == kept


@given(DAYS, st.sampled_from(Show), st.frozensets(st.sampled_from(Domain)))
def test_what_is_asked_for_can_be_asked_for_again(day, show, domains):
    asked = Filter(day, show, frozenset() if len(domains) == len(Domain) else domains)

    assert read_filter(asked.query(TODAY), TODAY) == asked


def test_nothing_asked_for_is_today_with_what_ended_in_twelve_months():
    assert read_filter({}, TODAY) == Filter(TODAY, Show.RECENT, frozenset())
    assert Filter(TODAY).query(TODAY) == {}


def test_three_boxes_are_a_day():
    assert read_filter({"day": "3", "month": "05", "year": "2026"}, TODAY).as_at == date(2026, 5, 3)


def test_boxes_that_are_filled_in_come_before_the_day_of_the_address():
    asked = {"as_at": "2026-01-01", "day": "3", "month": "5", "year": "2026"}

    assert read_filter(asked, TODAY).as_at == date(2026, 5, 3)


@pytest.mark.parametrize(
    ("asked", "words", "part"),
    [
        ({"as_at": "2026-01-32"}, "real date", "day"),
        ({"as_at": "2026-13-01"}, "real date", "day"),
        ({"as_at": "2025-02-29"}, "real date", "day"),
        ({"as_at": "0000-01-01"}, "1900 or later", "year"),
        ({"as_at": "1899-12-31"}, "1900 or later", "year"),
        ({"as_at": "2026-11-22"}, "today, 21 November 2026", "day"),
        ({"as_at": "9999-12-31"}, "in the past", "day"),
        ({"as_at": "yesterday"}, "like 3 5 2026", "day"),
        ({"as_at": "2026-1-1"}, "like 3 5 2026", "day"),
        ({"as_at": "20260101"}, "like 3 5 2026", "day"),
        ({"as_at": "٢٠٢٦-٠١-٠١"}, "like 3 5 2026", "day"),  # noqa: RUF001
        ({"as_at": "-001-01-01"}, "like 3 5 2026", "day"),
        ({"as_at": "1" * 100_000}, "like 3 5 2026", "day"),
        ({"day": "3"}, "month and a year", "month"),
        ({"day": "3", "month": "May", "year": "2026"}, "numbers", "day"),
        ({"day": "3", "month": "5", "year": "26"}, "4 digits", "year"),
        ({"day": "3", "month": "5", "year": "9" * 5000}, "numbers", "day"),
        ({"show": "secret"}, "from the list", "show"),
        ({"health": "no"}, "from the list", "domains"),
    ],
)
def test_what_cannot_be_read_says_what_to_enter(asked, words, part):
    with pytest.raises(FilterFault, match=words) as fault:
        read_filter(asked, TODAY)

    assert fault.value.part == part


@given(st.dictionaries(st.sampled_from(["as_at", "show", "day", "month", "year", "health", "x"]), st.text()))
def test_whatever_is_asked_for_is_a_filter_or_a_fault(asked):
    try:
        found = read_filter(asked, TODAY)
    except FilterFault:
        return

    assert found.as_at <= TODAY


def test_the_widest_keeps_the_day_and_how_far_back():
    asked = Filter(TODAY, Show.CURRENT, frozenset({Domain.HEALTH}))

    assert asked.widest == Filter(TODAY)
    assert Filter(TODAY, Show.ENDED).widest == Filter(TODAY, Show.ALL)
