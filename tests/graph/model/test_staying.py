"""Tests for graph.model.staying and the state of who has consented to stay."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.errors import Refused
from graph.model.intervals import birthday
from graph.model.staying import Category, category_coded, check_consent, may_record, stays_until
from graph.model.visibility import State, state_of

BORN = date(2008, 11, 30)
EIGHTEEN, TWENTY_FIVE = date(2026, 11, 30), date(2033, 11, 30)
_DAYS = st.dates(date(2000, 1, 1), date(2012, 1, 1))


@given(_DAYS, st.integers(0, 30 * 365))
def test_without_consent_the_18th_birthday_ends_it_and_with_it_the_25th(born, days):
    today = born + timedelta(days=days)

    without, staying = state_of(born, None, today), state_of(born, None, today, stays_until(born))

    assert (without is State.LIVE) == (today < birthday(born, 18))
    assert (staying is State.LIVE) == (today < birthday(born, 25))


def test_no_consent_outlives_the_25th_birthday_whatever_date_was_kept():
    assert state_of(BORN, None, TWENTY_FIVE, date(2040, 1, 1)) is State.ARCHIVED
    assert state_of(BORN, None, TWENTY_FIVE - timedelta(days=1), date(2040, 1, 1)) is State.LIVE
    assert state_of(BORN, None, EIGHTEEN, EIGHTEEN) is State.ARCHIVED


def test_who_has_died_does_not_stay():
    assert state_of(BORN, date(2026, 1, 1), date(2027, 1, 1), TWENTY_FIVE) is State.ARCHIVED


def test_consent_is_recorded_from_the_17th_birthday():
    assert not may_record(BORN, date(2025, 11, 29))
    assert may_record(BORN, date(2025, 11, 30))
    assert not may_record(None, EIGHTEEN)
    assert check_consent(BORN, date(2026, 1, 1), date(2026, 11, 1)) == TWENTY_FIVE


@pytest.mark.parametrize("day", [date(2025, 11, 29), date(2026, 11, 2)])
def test_consent_of_another_time_is_refused(day: date):
    with pytest.raises(Refused):
        check_consent(BORN, day, date(2026, 11, 1))


@pytest.mark.parametrize(("born", "today"), [(None, EIGHTEEN), (BORN, date(2025, 11, 29))])
def test_consent_of_who_is_too_young_or_of_no_known_age_is_refused_for_that(born: date | None, today: date):
    with pytest.raises(Refused, match="from the 17th birthday"):
        check_consent(born, today, today)


def test_why_somebody_may_stay_is_from_the_list():
    assert [category_coded(each.value) for each in Category] == list(Category)
    for wrong in ("", "wanted to"):
        with pytest.raises(Refused, match="from the list"):
            category_coded(wrong)
