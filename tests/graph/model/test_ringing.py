"""Tests for graph.model.ringing."""

from datetime import datetime

from graph.model.circle import Contact
from graph.model.clock import LONDON
from graph.model.ringing import RingLine, lines_to_ring

NOON, NIGHT = (datetime(2026, 11, 20, hour, tzinfo=LONDON) for hour in (12, 22))
DAY_LINE, NIGHT_LINE = "01632 960404", "01632 960999"
TEAM = Contact(telephone=DAY_LINE, out_of_hours=NIGHT_LINE, hours="Mon-Fri 09:00-17:00")


def test_the_day_line_comes_first_while_it_is_open() -> None:
    assert lines_to_ring(TEAM, NOON) == (
        RingLine(DAY_LINE, "open now until 5pm"),
        RingLine(NIGHT_LINE, "out of hours", out_of_hours=True),
    )


def test_the_line_for_the_night_comes_first_when_the_other_is_shut() -> None:
    assert lines_to_ring(TEAM, NIGHT) == (
        RingLine(NIGHT_LINE, "out of hours, the line to ring now", out_of_hours=True),
        RingLine(DAY_LINE, "closed now, opens on Monday at 9am"),
    )


def test_without_a_line_for_the_night_the_day_line_says_when_it_opens() -> None:
    assert lines_to_ring(Contact(telephone=DAY_LINE, hours=TEAM.hours), NIGHT) == (
        RingLine(DAY_LINE, "closed now, opens on Monday at 9am"),
    )


def test_hours_that_cannot_be_read_stand_as_they_are() -> None:
    contact = Contact(telephone=DAY_LINE, out_of_hours=NIGHT_LINE, hours="Term time, mornings")

    assert [line.words for line in lines_to_ring(contact, NIGHT)] == ["Term time, mornings", "out of hours"]
    assert [line.words for line in lines_to_ring(Contact(telephone=DAY_LINE), NIGHT)] == [""]


def test_a_person_s_own_number_goes_by_the_hours_of_the_team_and_says_so() -> None:
    own = Contact(telephone="07700 900142", out_of_hours=NIGHT_LINE)

    assert lines_to_ring(own, NOON, TEAM.hours)[0] == RingLine("07700 900142", "the team is open now until 5pm")
    assert lines_to_ring(own, NIGHT, TEAM.hours)[0].number == NIGHT_LINE


def test_who_cannot_be_rung_has_no_line() -> None:
    assert lines_to_ring(Contact(email="a@b.example"), NOON) == ()
