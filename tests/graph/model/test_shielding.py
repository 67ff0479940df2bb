"""Tests for graph.model.shielding: who may decide what of a shield, until when, and who may override one."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graph.model.errors import Refused
from graph.model.roles import Role
from graph.model.shielding import (
    KEEPERS,
    OFFERED,
    Evidence,
    Finding,
    Ground,
    Keeper,
    Right,
    ShieldLine,
    ShieldList,
    Verdict,
    check_review,
    check_words,
    decide_by,
    evidence_coded,
    finding_coded,
    ground_coded,
    may_decide,
    may_investigate,
    may_propose,
    next_working_day,
    verdict_coded,
    why_not_override,
)

TODAY = date(2026, 11, 20)  # a Friday
_IDS = st.sampled_from(["u1", "u2", "u3"])
_AREAS = st.sampled_from(["E06000001", "E06000009", "unknown", None])
_KEEPERS = st.builds(Keeper, _IDS, st.sampled_from(Role), _AREAS)


@settings(max_examples=10_000)
@given(_KEEPERS, _AREAS, _IDS, st.booleans())
def test_who_decides_is_never_who_proposed_and_always_of_the_authority(keeper, authority, proposer, family):
    decides = may_decide(keeper, authority, proposer, family=family)

    assert not (decides and keeper.user_id == proposer)
    assert not decides or (keeper.role in KEEPERS and keeper.authority == authority and not family)
    assert decides == (may_propose(keeper, authority, family=family) and keeper.user_id != proposer)
    assert not (authority in ("unknown", None) and decides)


@settings(max_examples=10_000)
@given(_KEEPERS, st.sampled_from(["E06000001", "E06000009"]), _IDS)
def test_who_looks_into_an_override_is_a_lead_of_the_authority_and_never_who_overrode(keeper, authority, overrider):
    looks = may_investigate(keeper, authority, overrider)

    assert looks == (
        keeper.role is Role.SAFEGUARDING_LEAD and keeper.authority == authority and keeper.user_id != overrider
    )


def test_a_second_keeper_of_the_area_decides():
    lead = Keeper("u2", Role.SAFEGUARDING_LEAD, "E06000001")
    manager = Keeper("u2", Role.DATA_MANAGER, "E06000001")

    assert may_decide(lead, "E06000001", "u1", family=False)
    assert may_decide(manager, "E06000001", "u1", family=False)


@given(st.sampled_from(Role), st.booleans(), st.lists(st.dates(date(2026, 1, 1), date(2027, 1, 1))), st.dates())
def test_an_overdue_investigation_suspends_the_right_and_nobody_else_has_it(role, held, unanswered, today):
    may = why_not_override(Right(role, held, tuple(unanswered)), today) is None

    assert may == (role.sees_children and held and not any(due < today for due in unanswered))


def test_a_review_is_due_on_the_day_and_overdue_the_day_after():
    right = Right(Role.PRACTITIONER, held=True, unanswered=(TODAY,))

    assert why_not_override(right, TODAY) is None
    assert why_not_override(right, TODAY + timedelta(days=1)) is not None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_next_working_day_is_from_monday_to_friday_and_at_most_three_days_away(day):
    later = next_working_day(day)

    assert later.weekday() < 5
    assert 1 <= (later - day).days <= 3
    assert not any((day + timedelta(days=n)).weekday() < 5 for n in range(1, (later - day).days))


def test_what_is_urgent_is_decided_by_the_next_working_day():
    assert decide_by(TODAY, urgent=True) == date(2026, 11, 23)
    assert decide_by(TODAY, urgent=False) == date(2026, 11, 27)


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), date(2027, 5, 20)])
def test_a_review_is_at_most_six_months_ahead(day: date):
    assert check_review(day, TODAY) == day


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=1), date(2027, 5, 21), date(2030, 1, 1)])
def test_a_review_is_neither_past_nor_later(day: date):
    with pytest.raises(Refused):
        check_review(day, TODAY)


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(1, 400))
def test_no_review_is_taken_that_is_more_than_184_days_ahead(today, days):
    assume(days > 184)
    with pytest.raises(Refused):
        check_review(today + timedelta(days=days), today)


def test_the_ground_in_words_is_short_and_not_empty():
    assert check_words("  refuge,\n police told ") == "refuge, police told"
    assert check_words("a" * 200) == "a" * 200
    for wrong in ("", "   ", "a" * 201):
        with pytest.raises(Refused):
            check_words(wrong)


@pytest.mark.parametrize(
    ("coded", "offered"),
    [(ground_coded, OFFERED), (evidence_coded, Evidence), (verdict_coded, Verdict), (finding_coded, Finding)],
)
def test_only_what_is_on_its_list_is_taken(coded: Callable[[str], StrEnum], offered: Iterable[StrEnum]):
    for one in offered:
        assert coded(one.value) is one
    for wrong in ("", "nothing of the kind", Ground.RESTRICTED_BY_NHS.value):
        with pytest.raises(Refused):
            coded(wrong)


def test_the_right_to_override_goes_unless_it_was_needed():
    assert [finding for finding in Finding if not finding.takes_right] == [Finding.JUSTIFIED]


@pytest.mark.parametrize("part", ["waiting", "reviews", "overrides"])
def test_a_list_is_empty_only_if_nothing_waits_for_anybody(part: str):
    empty = ShieldList((), (), (), in_force=3)
    line = ShieldLine("Elsie", "h", "refuge", "proposed", None, None, overdue=False, mine=False)
    done: Any = replace(empty, **{part: (line,)})

    assert empty.is_empty
    assert not done.is_empty
