"""Tests for graph.model.brokering: what who asked may learn, and when."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.brokering import Answer, Outcome, answer_for, check_contact, due_after
from graph.model.errors import Refused

DAYS = st.dates(date(2026, 1, 1), date(2027, 1, 1))


@given(st.sampled_from([None, Outcome.PROVIDER_RINGS, Outcome.DECLINED, Outcome.NOBODY]), st.text(), DAYS, DAYS)
def test_without_a_number_to_ring_the_asker_learns_nothing_before_the_day_due(outcome, contact, due, today):
    answer = answer_for(outcome, contact, due, today)

    assert answer.contact is None
    assert answer == Answer(dealt_with=outcome is not None and today >= due)


@given(st.sampled_from([Outcome.PROVIDER_RINGS, Outcome.DECLINED, Outcome.NOBODY]), DAYS, DAYS)
def test_that_there_is_nobody_and_that_somebody_declines_read_alike(outcome, due, today):
    assert answer_for(outcome, None, due, today) == answer_for(Outcome.NOBODY, None, due, today)


def test_a_number_is_read_at_once():
    answer = answer_for(Outcome.CONTACT, "01632 960400", date(2026, 11, 25), date(2026, 11, 23))

    assert answer == Answer(dealt_with=True, contact="01632 960400")


def test_an_answer_is_due_two_working_days_later():
    assert due_after(date(2026, 11, 20)) == date(2026, 11, 24)
    assert due_after(date(2026, 11, 23)) == date(2026, 11, 25)


@pytest.mark.parametrize("text", ["", "12", "Mind and Mood", "CAMHS 01632 960400", "0" * 30])
def test_only_a_telephone_number_is_given(text: str):
    with pytest.raises(Refused):
        check_contact(text, Outcome.CONTACT)


def test_a_number_is_kept_only_where_the_service_agrees():
    assert check_contact(" 01632  960 400 ", Outcome.CONTACT) == "01632 960 400"
    assert check_contact("01632 960400", Outcome.DECLINED) is None
