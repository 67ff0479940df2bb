"""What a child's entry is made of: its records, how each came to be this child's, and which are another child's.

Whoever sees that records of two children stand on one page marks those that are the other's; a second person of the
team agrees, and they leave the page (matching.md 8; decision 31).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from graph.model.errors import Refused
from graph.model.review import Clue

# The kinds of a judgement about the records of an entry: asked, agreed to, and refused or taken back.
TAKING_OFF, TAKEN_OFF, KEPT = "taking_off", "taken_off", "records_kept"
MIXED = "Two children on one page"
_HOW = {
    "new": "It began this entry",
    "own_key": "The sender had sent it before, under the same key",
    "nhs_number": "The NHS number was that of a record that was here",
    "upn": "The unique pupil number was that of a record that was here",
    "local_id": "The number in the sender’s own list was that of a record that was here",
    "demographics": "Names, date of birth and postcode were those of a record that was here",
    "weight": "It was compared with what was here, detail by detail",
    "judgement": "People decided that it is this child’s",
    "said": "People decided that it is this child’s",
    "own_statement": "It was said in Signpost, on this child’s page",
}


def how_said(method: str | None) -> str:
    """How a record came to be a child's, in words; `method` is as docs/graph.md has it."""
    return _HOW.get(method or "", "It is not recorded how it came here")


@dataclass(frozen=True)
class RecordLine:
    """One record of the entry."""

    key: str  # what a form calls it; means nothing outside its session
    source: str
    name: str | None
    date_of_birth: date | None
    services: tuple[str, ...]  # the school, practice and services that it tells of
    since: date | None  # when it came to be this child's
    said_now: bool
    how: str
    clues: tuple[Clue, ...]
    numbered: bool  # it carries the NHS number
    asked: bool  # somebody has asked that it is taken off


@dataclass(frozen=True)
class Wish:
    """What somebody has asked and another person has to agree to."""

    on: date
    by: str
    mine: bool
    whose: str | None  # the name of the child whose the records are said to be


@dataclass(frozen=True)
class MadeOf:
    """The records of one child's entry, and what is asked about them."""

    name: str
    handle: str
    version: str  # which state of the entry this is
    shielded: bool
    lines: tuple[RecordLine, ...]
    wish: Wish | None


def check_chosen(lines: Collection[RecordLine], chosen: Collection[str]) -> tuple[RecordLine, ...]:
    """The lines that are to be taken off.

    Refused if none is chosen, if none would be left, or if the NHS number would leave its page: who has it keeps the
    directory's number (matching.md 8).
    """
    taken = tuple(line for line in lines if line.key in chosen)
    left = [line for line in lines if line.key not in chosen]
    if not taken:
        raise Refused("Choose the records that are another child’s.")
    if not left:
        raise Refused("Leave at least one record. What stays is this child’s.")
    if any(line.numbered for line in taken) and not any(line.numbered for line in left):
        raise Refused(
            "The NHS number is in what you chose, and the child who has it keeps this page. Choose the other records."
        )
    return taken
