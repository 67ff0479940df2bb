"""Tests for graph.model.intervals."""

from datetime import UTC, date, datetime

import pytest

from graph.model.clock import day_in_england
from graph.model.intervals import Interval, age_on, in_words, months_before, years_before

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (None, None, True),
        (DAY, None, True),
        (date(2026, 11, 22), None, False),
        (None, DAY, False),
        (None, date(2026, 11, 22), True),
        (date(2026, 1, 1), date(2026, 2, 1), False),
    ],
)
def test_an_interval_holds_from_a_day_up_to_not_including_another(
    since: date | None, until: date | None, holds: bool
) -> None:
    assert Interval(since, until).holds(DAY) is holds


def test_ages_change_on_the_birthday() -> None:
    assert age_on(date(2017, 11, 22), DAY) == 8
    assert age_on(date(2017, 11, 21), DAY) == 9


def test_a_year_before_a_leap_day_is_a_day_that_there_is() -> None:
    assert years_before(date(2024, 2, 29), 1) == date(2023, 2, 28)


def test_the_day_begins_at_midnight_in_england() -> None:
    assert day_in_england(datetime(2026, 6, 3, 23, 30, tzinfo=UTC)) == date(2026, 6, 4)
    assert day_in_england(datetime(2026, 12, 3, 23, 30, tzinfo=UTC)) == date(2026, 12, 3)


def test_a_day_in_words() -> None:
    assert in_words(date(2026, 1, 3)) == "3 January 2026"


def test_months_back_end_on_the_last_day_of_a_shorter_month() -> None:
    assert months_before(date(2026, 5, 31), 3) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 1), 12) == date(2025, 1, 1)
    assert months_before(date(2026, 3, 15), 3) == date(2025, 12, 15)
