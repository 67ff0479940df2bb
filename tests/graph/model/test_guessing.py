"""Tests for graph.model.guessing."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from graph.model.guessing import Brake, Kind, after_failure, delay_after

HOUR = 3_600_000


def brake(kind: Kind) -> Brake:
    return Brake(f"{kind}:x", 0.0, 0, 0, None)


def tried(kind: Kind, moments: list[int]) -> list[int]:
    """At which of these moments something was verified, when every try fails."""
    state, verified = brake(kind), []
    for moment in moments:
        if state.wait_until <= moment:
            state = after_failure(state, moment)
            verified.append(moment)
    return verified


def test_delays_double_up_to_a_limit() -> None:
    assert [delay_after(number) // 1000 for number in (0, 2, 3, 4, 5, 6, 7, 1000)] == [
        0,
        0,
        60,
        120,
        240,
        480,
        900,
        900,
    ]


@given(start=st.integers(0, HOUR), every=st.integers(100, 5_000))
def test_no_hour_holds_more_than_ten_guesses_at_one_account(start: int, every: int) -> None:
    verified = tried(Kind.ACCOUNT, list(range(start, start + 4 * HOUR, every)))

    most = max(sum(1 for other in verified if moment <= other < moment + HOUR) for moment in verified)
    assert most <= 10
    assert len(verified) >= 12


def test_an_address_and_everybody_are_slowed_and_never_stopped() -> None:
    ten_a_second = list(range(0, HOUR, 100))

    assert len(tried(Kind.ADDRESS, ten_a_second)) in range(140, 160)
    assert len(tried(Kind.EVERYTHING, ten_a_second)) in range(3_800, 3_910)


def test_what_an_address_did_long_ago_is_forgotten() -> None:
    full = replace(brake(Kind.ADDRESS), failures=30.0)

    assert after_failure(full, 0).wait_until > 0
    assert after_failure(full, HOUR).wait_until == HOUR


def test_it_is_kept_since_when_guessing_is_slowed() -> None:
    state = brake(Kind.ACCOUNT)
    seen = []
    for moment in (1, 2, 3, 60_010, 300_000):
        state = after_failure(state, moment)
        seen.append(state.slowed_at)

    assert seen == [None, None, 3, 3, 3]
