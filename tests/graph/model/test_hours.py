"""Tests for graph.model.hours: what a text says beyond doubt, and what is open when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.clock import LONDON
from graph.model.hours import Line, line_at, read_hours

OFFICE = "Mon-Fri 09:00-17:00"


def line(text: str, day: int, hour: int, minute: int = 0) -> Line:
    """The line on a day of November 2026, which begins with a Sunday, by the clock in England."""
    hours = read_hours(text)
    assert hours is not None
    return line_at(hours, datetime(2026, 11, day, hour, minute, tzinfo=LONDON))


@pytest.mark.parametrize(
    ("text", "day", "hour", "minute", "open_now", "words"),
    [
        (OFFICE, 16, 9, 0, True, "open now until 5pm"),
        (OFFICE, 16, 16, 59, True, "open now until 5pm"),
        (OFFICE, 16, 17, 0, False, "closed now, opens tomorrow at 9am"),
        (OFFICE, 16, 8, 59, False, "closed now, opens today at 9am"),
        (OFFICE, 20, 18, 0, False, "closed now, opens on Monday at 9am"),
        (OFFICE, 22, 12, 0, False, "closed now, opens tomorrow at 9am"),
        ("Monday to Friday, 9am to 5.30pm", 16, 17, 0, True, "open now until 5.30pm"),
        ("Mon-Thu 09:00-17:00, Fri 09:00-16:30", 20, 16, 29, True, "open now until 4.30pm"),
        ("Mon, Wed & Fri 10:00-12:00", 17, 11, 0, False, "closed now, opens tomorrow at 10am"),
        ("Weekdays 09:00-12:00 and 13:00-17:00", 16, 12, 30, False, "closed now, opens today at 1pm"),
        ("Daily 17:00-08:00", 17, 3, 0, True, "open now until 8am"),
        ("Daily 17:00-08:00", 17, 12, 0, False, "closed now, opens today at 5pm"),
        ("Sun 22:00-06:00", 16, 5, 0, True, "open now until 6am"),
        ("Mon-Sun 00:00-24:00", 16, 5, 0, True, "open now, day and night"),
        ("24 hours", 22, 3, 0, True, "open now, day and night"),
        ("Fri 17:00-24:00; Sat to Sun 00:00-24:00; Mon 00:00-09:00", 21, 12, 0, True, "open now until 9am on Monday"),
        ("Sat 9am to noon", 21, 11, 0, True, "open now until midday"),
        ("Fri-Mon 09:00-17:00", 22, 10, 0, True, "open now until 5pm"),
    ],
)
def test_open_or_when_it_opens(text, day, hour, minute, open_now, words):
    assert line(text, day, hour, minute) == Line(open_now, words)


def test_the_clock_is_england_s_in_summer_too():
    hours = read_hours(OFFICE)
    assert hours is not None

    assert line_at(hours, datetime(2026, 7, 6, 8, 0, tzinfo=UTC)).open
    assert not line_at(hours, datetime(2026, 7, 6, 16, 0, tzinfo=UTC)).open


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "By appointment",
        "Mon-Fri",
        "09:00-17:00",
        "Mon-Fri 9-5",
        "Mon-Fri 09:00-17:00 term time only",
        "Mon-Fri 09:00-25:00",
        "Mon-Fri 09:61-17:00",
        "Mon-Fri 13pm-5pm",
        "Mon-Fri 09:00-17:00-18:00",
        "Mon-Fri 09:00",
        "Monkey 09:00-17:00",
        "Mon-Fri 09:00-17:00" * 100,
    ],
)
def test_what_leaves_a_doubt_is_no_claim(text):
    assert read_hours(text) is None


@given(st.text(alphabet="MonFriSatu 0123456789:-to,;amp", max_size=60), st.datetimes(timezones=st.just(UTC)))
def test_any_text_is_read_or_left_alone(text, moment):
    hours = read_hours(text)

    assert hours is None or line_at(hours, moment).words


@given(st.integers(0, 7 * 24 * 60 - 1))
def test_every_minute_of_a_week_is_open_or_says_when_it_opens(minute):
    there = datetime(2026, 11, 16, tzinfo=LONDON) + timedelta(minutes=minute)

    found = line("Mon-Fri 09:00-17:00", there.day, there.hour, there.minute)

    assert found.open == (there.weekday() < 5 and 9 <= there.hour < 17)
