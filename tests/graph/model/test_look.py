"""Tests for graph.model.look: with what a page is compared."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from graph.model.clock import LONDON, milliseconds
from graph.model.evidence import Saying
from graph.model.look import Look, Since, first_look, is_worth_keeping
from tests.graph.services.test_circle import FACT

MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=LONDON)
TUESDAY = MONDAY + timedelta(days=1)


def test_a_first_look_is_compared_with_nothing() -> None:
    look = first_look(5, MONDAY)

    assert look.since(MONDAY + timedelta(hours=1)) is None


def test_another_day_is_compared_with_the_last_look_of_the_day_before() -> None:
    look = first_look(5, MONDAY)

    assert look.since(TUESDAY) == Since(5, milliseconds(MONDAY))
    assert look.since(TUESDAY) == look.next(7, TUESDAY).since(TUESDAY + timedelta(hours=3))


def test_what_is_new_stays_new_until_midnight_in_england() -> None:
    look = first_look(5, MONDAY).next(7, TUESDAY).next(8, TUESDAY + timedelta(hours=1))

    assert look.since(TUESDAY + timedelta(hours=2)) == Since(5, milliseconds(MONDAY))
    assert look.since(TUESDAY + timedelta(hours=14)) == Since(8, milliseconds(TUESDAY + timedelta(hours=1)))


def test_a_look_is_kept_once_a_day_and_once_a_run() -> None:
    look = first_look(5, MONDAY)

    assert is_worth_keeping(None, 5, MONDAY)
    assert not is_worth_keeping(look, 5, MONDAY + timedelta(hours=3))
    assert is_worth_keeping(look, 6, MONDAY + timedelta(hours=3))
    assert is_worth_keeping(look, 5, TUESDAY)


def test_the_day_of_a_look_is_england_s() -> None:
    assert Since(1, milliseconds(datetime(2026, 7, 6, 0, 30, tzinfo=LONDON))).day == date(2026, 7, 6)


def test_what_a_practitioner_said_is_known_by_its_time() -> None:
    since = Since(5, 1000, frozenset({FACT.fact_id}))

    assert since.knew(replace(FACT, run=5))
    assert not since.knew(replace(FACT, run=6))
    assert since.knew_of(replace(FACT, run=6))
    assert not since.knew_of(replace(FACT, run=6, fact_id="another"))
    assert since.knew(replace(FACT, run=0, said=Saying(date(2026, 1, 1), 999, 5, None)))
    assert not since.knew(replace(FACT, run=0, said=Saying(date(2026, 1, 1), 1001, 5, None)))


def test_a_look_is_ids_and_numbers_only() -> None:
    assert set(Look.__annotations__) == {"run", "at", "before_run", "before_at"}
