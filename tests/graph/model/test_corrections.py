"""How requests end: what is refused has a ground, a day and an answer to who asked, or it is not refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from graph.model.corrections import (
    LONGEST,
    OUTCOMES,
    Asker,
    Kind,
    Objection,
    Outcome,
    Refusal,
    Settlement,
    asker_coded,
    check_received,
    check_settlement,
    is_settled,
    objection_coded,
)
from graph.model.errors import Refused

TODAY = date(2026, 11, 22)
LATER = TODAY + timedelta(days=1)
OBJECTION = Settlement(Outcome.REFUSED, Refusal.COMPELLING, LATER, told=True)
CORRECTION = Settlement(Outcome.NOT_WRONG, Refusal.RIGHT, LATER)


def test_each_kind_ends_in_its_own_ways():
    assert set(OUTCOMES[Kind.CORRECTION]) | set(OUTCOMES[Kind.OBJECTION]) == set(Outcome)
    for kind, other in ((Kind.CORRECTION, Kind.OBJECTION), (Kind.OBJECTION, Kind.CORRECTION)):
        for outcome in OUTCOMES[other]:
            with pytest.raises(Refused):
                check_settlement(kind, replace(OBJECTION, outcome=outcome), TODAY)


def test_what_is_done_keeps_no_ground_and_no_day():
    done = replace(OBJECTION, outcome=Outcome.UPHELD)

    assert check_settlement(Kind.OBJECTION, done, TODAY) == Settlement(Outcome.UPHELD)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.PARTLY])
def test_an_objection_is_refused_with_ground_day_and_answer(outcome: Outcome):
    wish = replace(OBJECTION, outcome=outcome)

    assert check_settlement(Kind.OBJECTION, wish, TODAY) == wish
    for short in (
        replace(wish, refusal=None),
        replace(wish, refusal=Refusal.RIGHT),
        replace(wish, review_on=None),
        replace(wish, review_on=TODAY),
        replace(wish, review_on=TODAY + LONGEST + timedelta(days=1)),
        replace(wish, told=False),
    ):
        with pytest.raises(Refused):
            check_settlement(Kind.OBJECTION, short, TODAY)
    assert check_settlement(Kind.OBJECTION, replace(wish, review_on=TODAY + LONGEST), TODAY).review_on


def test_a_practitioner_reads_of_a_correction_so_nobody_need_be_told():
    assert check_settlement(Kind.CORRECTION, CORRECTION, TODAY) == CORRECTION
    with pytest.raises(Refused):
        check_settlement(Kind.CORRECTION, replace(CORRECTION, refusal=Refusal.COMPELLING), TODAY)


def test_what_is_settled_is_open_again_on_its_day():
    assert is_settled("settled", None, TODAY)
    assert is_settled("settled", LATER, TODAY)
    assert not is_settled("settled", TODAY, TODAY)
    assert not is_settled("taken", None, TODAY)


def test_the_lists_are_closed():
    assert objection_coded("at_risk") is Objection.AT_RISK
    assert asker_coded("carer") is Asker.CARER
    for coded in (objection_coded, asker_coded):
        with pytest.raises(Refused, match="list"):
            coded("whoever")


def test_an_objection_came_in_within_the_last_year():
    for day in (TODAY, TODAY - LONGEST):
        assert check_received(day, TODAY) == day
    for day in (LATER, TODAY - LONGEST - timedelta(days=1)):
        with pytest.raises(Refused):
            check_received(day, TODAY)
