"""“Ask the team”: what somebody asks, how it ends, and what of that the asker may learn (domain.md 1.6)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.model.errors import Refused
from graph.model.shielding import next_working_day

WORKING_DAYS = 2
_LONGEST = 20
_SIGNS = set("0123456789 +()-")
_FEWEST_DIGITS = 7


class Outcome(StrEnum):
    """How a question ends, as the team records it. The asker learns the first alone."""

    CONTACT = "contact"
    PROVIDER_RINGS = "provider_rings"
    DECLINED = "declined"
    NOBODY = "nobody"

    @property
    def words(self) -> str:
        """The outcome as the team reads it."""
        return {
            Outcome.CONTACT: "The service agrees to be rung: give its number to who asked",
            Outcome.PROVIDER_RINGS: "The service rings who asked, or does what is needed itself",
            Outcome.DECLINED: "The service does not agree to be known",
            Outcome.NOBODY: "No such service works with this child",
        }[self]


@dataclass(frozen=True)
class Answer:
    """What who asked may read: whether the team has dealt with it, and a number to ring if the service agrees."""

    dealt_with: bool
    contact: str | None = None


@dataclass(frozen=True)
class AskingLine:
    """One question in a list. `name` and `handle` are None where the child is on no page of this user."""

    asking_id: str
    name: str | None
    handle: str | None
    reason: str
    asked_on: date
    due_on: date
    overdue: bool
    answer: Answer
    outcome: Outcome | None = None  # for the team only


@dataclass(frozen=True)
class AskingPage:
    """One question for the team; who asked, so that they can be rung."""

    line: AskingLine
    asker: str
    organisation: str


@dataclass(frozen=True)
class AskingList:
    """One page of questions and how many there are in all."""

    lines: tuple[AskingLine, ...]
    page: int
    pages: int
    count: int


def due_after(asked: date) -> date:
    """Two working days later."""
    day = asked
    for _ in range(WORKING_DAYS):
        day = next_working_day(day)
    return day


def answer_for(outcome: Outcome | None, contact: str | None, due_on: date, today: date) -> Answer:
    """What the asker reads: a number as soon as the service agrees, and nothing else before the day it is due.

    How soon the team is done would tell whether there was anybody to ask.
    """
    if outcome is Outcome.CONTACT and contact:
        return Answer(dealt_with=True, contact=contact)
    return Answer(dealt_with=outcome is not None and due_on <= today)


def outcome_coded(code: str) -> Outcome:
    """The outcome of that code; Refused if it is not on the list."""
    if code not in {outcome.value for outcome in Outcome}:
        raise Refused("Choose how it ended from the list.")
    return Outcome(code)


def check_contact(text: str, outcome: Outcome) -> str | None:
    """The telephone number to give to the asker, None for every other outcome; Refused if it is no number."""
    if outcome is not Outcome.CONTACT:
        return None
    number = " ".join(text.split())
    digits = sum(letter.isascii() and letter.isdigit() for letter in number)
    if digits < _FEWEST_DIGITS or len(number) > _LONGEST or not set(number) <= _SIGNS:
        raise Refused("Enter the telephone number that the service agrees to give, like 01632 960 400.")
    return number
