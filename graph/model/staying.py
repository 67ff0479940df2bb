"""Consent to stay: who may stay in the directory after the 18th birthday, until when, and who records it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.model.errors import Refused
from graph.model.intervals import age_on, birthday

# A participating young person stays until the 25th birthday at the latest (domain.md 1.2 and 1.8).
STAYS_TO = 25
# Consent is asked of the young person in the last year before the page would close.
ASKED_FROM = 17


class Category(StrEnum):
    """Who may consent to stay: those with arrangements under section 10 of the Children Act 2004 (domain.md 1.2)."""

    CARE_LEAVER = "care_leaver"
    LEARNING_DISABILITY = "learning_disability"

    @property
    def words(self) -> str:
        """The category as people say it."""
        return {
            Category.CARE_LEAVER: "They are leaving care, or have left it",
            Category.LEARNING_DISABILITY: "They have a learning disability and receive services for it",
        }[self]


@dataclass(frozen=True)
class Stay:
    """A consent that counts."""

    category: Category
    consented_on: date
    until: date
    by: str


@dataclass(frozen=True)
class StayPage:
    """What is recorded of a young person's consent to stay."""

    handle: str
    name: str
    turns_18_on: date | None
    stay: Stay | None
    may_record: bool


def stays_until(born: date) -> date:
    """The first day on which nobody of that birth stays."""
    return birthday(born, STAYS_TO)


def may_record(born: date | None, today: date) -> bool:
    """Whether consent may be recorded now: from the 17th birthday, and while the young person is there."""
    return born is not None and age_on(born, today) >= ASKED_FROM


def check_consent(born: date | None, consented_on: date, today: date) -> date:
    """The day until which the young person stays; Refused if it is too early, or the consent is of another time."""
    if born is None or not may_record(born, today):
        raise Refused(f"Consent to stay is recorded from the {ASKED_FROM}th birthday. Try again then.")
    if not birthday(born, ASKED_FROM) <= consented_on <= today:
        raise Refused(
            f"Check the date of the consent: not before the {ASKED_FROM}th birthday, and today or in the past."
        )
    return stays_until(born)


def category_coded(code: str) -> Category:
    """The category of that code; Refused if it is not on the list."""
    if code not in {category.value for category in Category}:
        raise Refused("Choose why they may stay from the list.")
    return Category(code)
