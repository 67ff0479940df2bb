"""“This looks wrong”, and objections: what may be said, who has to look at it, by when, and how it may end."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
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


class Kind(StrEnum):
    """What a request is: something is wrong, or somebody objects (UK GDPR, articles 16 and 21)."""

    CORRECTION = "correction"
    OBJECTION = "objection"


class Asker(StrEnum):
    """Who of a family asks for something, or objects."""

    CHILD = "child"
    CARER = "carer"

    @property
    def words(self) -> str:
        """Who that is."""
        return {
            Asker.CHILD: "The child or young person",
            Asker.CARER: "Somebody with parental responsibility, for the child",
        }[self]


class Objection(StrEnum):
    """Why somebody objects; a closed list, since free text about a child exists nowhere."""

    AT_RISK = "at_risk"
    DISTRESS = "distress"
    WHO_SEES = "who_sees"
    NOT_NEEDED = "not_needed"
    WHOLE = "whole"

    @property
    def words(self) -> str:
        """Why, as people say it."""
        return {
            Objection.AT_RISK: "It puts the child or somebody of the family at risk",
            Objection.DISTRESS: "It causes the child distress",
            Objection.WHO_SEES: "Somebody can see it who should not",
            Objection.NOT_NEEDED: "It is not needed, or not needed any more",
            Objection.WHOLE: "They object to any entry in this directory",
        }[self]


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
    UPHELD = "upheld"
    PARTLY = "partly"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        """The outcome, as people say it."""
        return {
            Outcome.CORRECTED: "Corrected at its source",
            Outcome.NOT_WRONG: "Looked at, and not wrong",
            Outcome.PASSED_ON: "Passed to who sent it",
            Outcome.UPHELD: "Upheld",
            Outcome.PARTLY: "Upheld in part, refused in part",
            Outcome.REFUSED: "Refused",
        }[self]

    @property
    def refuses(self) -> bool:
        """Whether something that was asked for is not done: it has a ground, and a day to be looked at again."""
        return self in (Outcome.NOT_WRONG, Outcome.PARTLY, Outcome.REFUSED)


class Refusal(StrEnum):
    """Why something is not done; a closed list."""

    RIGHT = "right"
    NOTHING_SHOWN = "nothing_shown"
    COMPELLING = "compelling"
    LEGAL_CLAIMS = "legal_claims"
    LEGAL_DUTY = "legal_duty"
    UNFOUNDED = "unfounded"

    @property
    def words(self) -> str:
        """Why, as people say it."""
        return {
            Refusal.RIGHT: "It is right as it is recorded",
            Refusal.NOTHING_SHOWN: "Nothing was shown that speaks against it",
            Refusal.COMPELLING: "It is needed to keep the child safe, and that outweighs the objection",
            Refusal.LEGAL_CLAIMS: "It is needed for a legal claim",
            Refusal.LEGAL_DUTY: "The law requires it to be recorded",
            Refusal.UNFOUNDED: "The request is manifestly unfounded or excessive",
        }[self]


_ANY = (Refusal.LEGAL_DUTY, Refusal.UNFOUNDED)
# What is offered of each kind.
OUTCOMES = {
    Kind.CORRECTION: (Outcome.CORRECTED, Outcome.NOT_WRONG, Outcome.PASSED_ON),
    Kind.OBJECTION: (Outcome.UPHELD, Outcome.PARTLY, Outcome.REFUSED),
}
REFUSALS = {
    Kind.CORRECTION: (Refusal.RIGHT, Refusal.NOTHING_SHOWN, *_ANY),
    Kind.OBJECTION: (Refusal.COMPELLING, Refusal.LEGAL_CLAIMS, *_ANY),
}
# How far ahead a refusal is looked at again at the latest, and how long ago an objection may have come in.
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Settlement:
    """How a request ends; what is refused has a ground and a day, and somebody has been told of the Commissioner."""

    outcome: Outcome
    refusal: Refusal | None = None
    review_on: date | None = None
    told: bool = False


@dataclass(frozen=True)
class RequestLine:
    """One request in a list. `name` and `handle` are None where the child is not, or no longer, on a page."""

    request_id: str
    kind: Kind
    name: str | None
    handle: str | None
    wrong: Wrong | Objection  # what is said: of a correction what is wrong, of an objection why
    objector: Asker | None
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
    refusal: Refusal | None = None
    review_on: date | None = None  # when what was refused is looked at again
    told: bool = False  # why, and that they may complain to the Information Commissioner
    settled_by: str | None = None
    again: bool = False  # that day has come


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


def objection_coded(code: str) -> Objection:
    """Why somebody objects, by its code; Refused if it is not on the list."""
    if code not in {objection.value for objection in Objection}:
        raise Refused("Choose why they object from the list.")
    return Objection(code)


def asker_coded(code: str) -> Asker:
    """Who asks; Refused if it is not on the list."""
    if code not in {asker.value for asker in Asker}:
        raise Refused("Choose from the list who asked.")
    return Asker(code)


def check_received(day: date, today: date) -> date:
    """The day on which an objection came in; Refused unless it is one of the last year."""
    if not today - LONGEST <= day <= today:
        raise Refused("The day on which it came in must be today or within the last year.")
    return day


def check_settlement(kind: Kind, wish: Settlement, today: date) -> Settlement:
    """How a request of this kind ends; Refused off the lists, or where a refusal has no ground, day or answer.

    Whoever objects has to be told; a practitioner who says that something looks wrong sees the outcome in Signpost.
    """
    if wish.outcome not in OUTCOMES[kind]:
        raise Refused("Choose how it ended from the list.")
    if not wish.outcome.refuses:
        return Settlement(wish.outcome)
    if wish.refusal not in REFUSALS[kind]:
        raise Refused("Choose from the list why it is refused.")
    if wish.review_on is None or not today < wish.review_on <= today + LONGEST:
        raise Refused("Give the day on which it is looked at again: after today and within a year.")
    if kind is Kind.OBJECTION and not wish.told:
        raise Refused("Tell them why, and that they may complain to the Information Commissioner. Then settle it.")
    return wish


def is_settled(state: str, review_on: date | None, today: date) -> bool:
    """Whether nothing is to be done: what was refused is open again on its day."""
    return state == State.SETTLED and (review_on is None or review_on > today)


def settlement_coded(
    outcome: str, refusal: str = "", review_on: date | None = None, *, told: bool = False
) -> Settlement:
    """How a request ends, of these codes; Refused if one is not on the list."""
    if outcome not in {each.value for each in Outcome}:
        raise Refused("Choose how it ended from the list.")
    if refusal not in {"", *(each.value for each in Refusal)}:
        raise Refused("Choose from the list why it is refused.")
    return Settlement(Outcome(outcome), Refusal(refusal) if refusal else None, review_on, told)


def due_after(asked: date) -> date:
    """One calendar month later (UK GDPR, article 12(3)): the same day, or the month's last where there is none."""
    year, month = (asked.year + 1, 1) if asked.month == 12 else (asked.year, asked.month + 1)
    return date(year, month, min(asked.day, monthrange(year, month)[1]))
