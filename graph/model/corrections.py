"""“This looks wrong”: what may be said of a line, who has to look at it, by when, and how it may end."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.model.errors import Refused


class Wrong(StrEnum):
    """What is wrong; a closed list, since free text about a child exists nowhere."""

    OTHER_CHILD = "other_child"
    ENDED = "ended"
    NEVER = "never"
    CONTACT = "contact"
    DATES = "dates"
    PERSON = "person"
    NAME = "name"
    MIXED = "mixed"
    HOME = "home"
    CARER = "carer"
    MISSING = "missing"

    @property
    def words(self) -> str:
        """What is wrong, as people say it."""
        return _WORDS[self]


_WORDS = {
    Wrong.OTHER_CHILD: "This is about another child",
    Wrong.ENDED: "This has ended",
    Wrong.NEVER: "This service has never worked with this child",
    Wrong.CONTACT: "The contact details are wrong",
    Wrong.DATES: "A date is wrong",
    Wrong.PERSON: "The person named here is the wrong one",
    Wrong.NAME: "The name, date of birth or sex is wrong",
    Wrong.MIXED: "Two children are mixed up on this page",
    Wrong.HOME: "The home is wrong",
    Wrong.CARER: "A carer is wrong",
    Wrong.MISSING: "Something that should be here is missing",
}
# Of a service's line, and of the page as a whole.
OF_A_LINE = (Wrong.ENDED, Wrong.CONTACT, Wrong.DATES, Wrong.PERSON, Wrong.NEVER, Wrong.OTHER_CHILD)
OF_THE_PAGE = (Wrong.NAME, Wrong.HOME, Wrong.CARER, Wrong.MISSING, Wrong.MIXED)


class State(StrEnum):
    """How far a request has come."""

    OPEN = "open"
    TAKEN = "taken"
    SETTLED = "settled"


class Outcome(StrEnum):
    """How a request ends."""

    CORRECTED = "corrected"
    NOT_WRONG = "not_wrong"
    PASSED_ON = "passed_on"

    @property
    def words(self) -> str:
        """The outcome, as people say it."""
        return {
            Outcome.CORRECTED: "Corrected at its source",
            Outcome.NOT_WRONG: "Looked at, and not wrong",
            Outcome.PASSED_ON: "Passed to who sent it",
        }[self]


@dataclass(frozen=True)
class RequestLine:
    """One request in a list. `name` and `handle` are None where the child is not, or no longer, on a page."""

    request_id: str
    name: str | None
    handle: str | None
    wrong: Wrong
    of_a_line: bool  # whether one line is meant, or the page as a whole
    about: str | None  # what that line is called, if it is there now and this user may see it
    sender: str | None
    asked_on: date
    due_on: date
    state: State
    outcome: Outcome | None
    settled_on: date | None
    overdue: bool
    taken_by: str | None
    mine: bool  # taken by this user


@dataclass(frozen=True)
class RequestList:
    """One page of requests and how many there are in all."""

    lines: tuple[RequestLine, ...]
    page: int
    pages: int
    count: int


def wrong_coded(code: str, *, of_a_line: bool) -> Wrong:
    """The entry of the list with this code; Refused if it is not on the list."""
    allowed = OF_A_LINE if of_a_line else OF_THE_PAGE
    if code not in {wrong.value for wrong in allowed}:
        raise Refused("Choose what is wrong from the list.")
    return Wrong(code)


def outcome_coded(code: str) -> Outcome:
    """The outcome of that code; Refused if it is not on the list."""
    if code not in {outcome.value for outcome in Outcome}:
        raise Refused("Choose how it ended from the list.")
    return Outcome(code)


def due_after(asked: date) -> date:
    """One calendar month later (UK GDPR, article 12(3)): the same day, or the month's last where there is none."""
    year, month = (asked.year + 1, 1) if asked.month == 12 else (asked.year, asked.month + 1)
    return date(year, month, min(asked.day, monthrange(year, month)[1]))
