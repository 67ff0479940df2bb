"""Tests for webapp.formatters."""

from dataclasses import replace
from datetime import date

import pytest

from graph.model.circle import Contact, Provenance
from tests.webapp import pages_of
from webapp.formatters import age, belonging, best_contact, confirmation, hours, spoken, team_contact, who

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("07700900142", "07700 900142"),
        ("01632 960118", "01632 960118"),
        ("01632960118", "01632 960118"),
        ("02079460018", "020 7946 0018"),
        ("01214960018", "0121 496 0018"),
        ("01134960018", "0113 496 0018"),
        ("03001234567", "0300 123 4567"),
        ("+44 7700 900142", "+44 7700 900142"),
        ("01632 960118 ext 4", "01632 960118 ext 4"),
        ("999", "999"),
    ],
)
def test_telephone_numbers_are_written_as_they_are_read_out(number: str, words: str) -> None:
    assert spoken(number) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mon-Fri 09:00-17:00", "Mon to Fri, 9am to 5pm"),
        ("Mon-Sat 00:30-12:00", "Mon to Sat, 12.30am to 12pm"),
        ("24 hours", "24 hours"),
    ],
)
def test_opening_hours_are_written_as_people_write_them(text: str, words: str) -> None:
    assert hours(text) == words


def test_a_baby_is_under_one() -> None:
    assert [age(0), age(1), age(9), age(None)] == ["under 1 year old", "1 year old", "9 years old", "age not known"]


def test_a_team_is_listed_only_if_it_has_another_number() -> None:
    card = replace(
        pages_of.page().services[0],
        practitioner="Priya Nair",
        practitioner_contact=Contact("01632 960404"),
        contact=Contact("01632960404", "01632 960999", None, "Mon-Fri 09:00-17:00"),
    )
    other = replace(card, contact=Contact("01632 960400", None, None, "Mon-Fri 09:00-17:00"))

    assert best_contact(card) == Contact("01632 960404", "01632 960999", None, "Mon-Fri 09:00-17:00")
    assert team_contact(card) == Contact()
    # The hours of the team are not said of a person whose number is another.
    assert best_contact(other).hours is None
    assert team_contact(other).telephone == "01632 960400"


def test_what_a_name_says_is_not_said_again() -> None:
    card = replace(
        pages_of.page().services[0],
        kind="health_visiting",
        name="Health visiting, Eastway",
        practitioner=None,
        role=None,
    )
    hub = replace(card, kind="early_help", name="Family Hub", practitioner="Tom Aldous", organisation="Northshire")

    assert (who(card), belonging(replace(card, organisation=None))) == ("", "")
    assert belonging(hub) == "Early help, Northshire"


def test_a_fresh_source_that_is_believed_first_is_named() -> None:
    census = Provenance("School census", "dfe", date(2026, 11, 3), 123, True)
    school = Provenance("Involvements", "hillbrook", TODAY, 1, False, "Hillbrook Primary School")
    card = replace(pages_of.page().services[0], sources=(census, school))
    stale = replace(card, sources=(replace(census, confirmed_on=date(2025, 1, 3)), school))

    assert confirmation(card, TODAY) == "Confirmed 3 Nov by a national register."
    assert confirmation(stale, TODAY) == "Confirmed 21 Nov by the list from Hillbrook Primary School."
