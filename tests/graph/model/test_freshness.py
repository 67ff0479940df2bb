"""How fresh a feed is: due, late, never received, stopped."""

from datetime import date, timedelta

import pytest

from graph.model.feeds import FEEDS
from graph.model.freshness import ScopeRow, Standing, Stopped, TrendRun, states_of

TODAY = date(2026, 11, 21)


def run(number: int, as_at: date | None, every_days: int | None = 31, **said: int) -> TrendRun:
    usual = {"rows": 100, "kept": 90, "refused": 10} | said
    return TrendRun(number, "Feed", every_days, as_at, "full", published_at=None, **usual)


@pytest.mark.parametrize(
    ("days", "standing"),
    [(0, Standing.FRESH), (31, Standing.FRESH), (32, Standing.DUE), (62, Standing.DUE), (63, Standing.LATE)],
)
def test_a_file_is_due_after_its_interval_and_late_after_two(days: int, standing: Standing) -> None:
    row = ScopeRow("pds", "nhs", (run(3, TODAY - timedelta(days=days)),))

    state = next(state for state in states_of([row], [], TODAY) if state.feed.name == "pds")

    assert state.scopes[0].standing is standing
    assert state.scopes[0].expected == TODAY - timedelta(days=days - 31)


def test_the_newest_day_counts_though_an_older_file_was_loaded_after_it() -> None:
    row = ScopeRow("pds", "nhs", (run(4, TODAY - timedelta(days=200)), run(3, TODAY)))

    state = next(state for state in states_of([row], [], TODAY) if state.feed.name == "pds")

    assert state.scopes[0].standing is Standing.FRESH
    assert state.scopes[0].last is not None
    assert state.scopes[0].last.run == 4


def test_every_feed_is_there_in_the_order_of_loading_received_or_not() -> None:
    states = states_of([], [Stopped("births", "Jo Marsh", None)], TODAY)

    assert [state.feed.name for state in states] == list(FEEDS)
    assert all(state.scopes == () for state in states)
    assert [state.feed.name for state in states if state.stopped] == ["births"]


def test_the_share_of_refused_rows_of_an_empty_file_is_nothing() -> None:
    assert run(1, TODAY).refused_share == 0.1
    assert run(1, TODAY, rows=0, refused=0).refused_share == 0
