"""A subject-access pack: what is held about a child, line by line, what of it is left out, and on what ground."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from graph.model.corrections import Asker
from graph.model.errors import Refused
from graph.model.looks import LookPage
from graph.model.reasons import REASONS, Reason


class Section(StrEnum):
    """The parts of a pack, in their order."""

    CHILD = "Who the child is"
    NUMBERS = "Numbers"
    HOME = "Home and how to reach the child"
    CARERS = "Carers"
    PLACES = "School, practice and authority"
    SERVICES = "Services"
    DIRECTORY = "What the directory itself has recorded"
    LOOKS = "Who looked"


class Concern(StrEnum):
    """Why a person has to think about a line before it is given away."""

    OWN = "own"
    THIRD_PARTY = "third_party"
    WHEREABOUTS = "whereabouts"
    GUARDED = "guarded"

    @property
    def words(self) -> str:
        """What to think of; empty where there is nothing."""
        return {
            Concern.OWN: "",
            Concern.THIRD_PARTY: "About somebody else",
            Concern.WHEREABOUTS: "May tell where a shielded child is",
            Concern.GUARDED: "Not shown to everybody: think of who will read it",
        }[self]


class Choice(StrEnum):
    """What is done with a line. All but the first are the grounds on which one may be left out."""

    INCLUDE = "include"
    THIRD_PARTY = "third_party"
    SERIOUS_HARM = "serious_harm"
    LEGAL_RESTRICTION = "legal_restriction"

    @property
    def words(self) -> str:
        """The choice as a person makes it."""
        return {
            Choice.INCLUDE: "In the pack",
            Choice.THIRD_PARTY: "Left out: about somebody else",
            Choice.SERIOUS_HARM: "Left out: serious harm",
            Choice.LEGAL_RESTRICTION: "Left out: the law restricts it",
        }[self]

    @property
    def ground(self) -> str:
        """The ground as whoever reads the pack is told it; empty for what is in the pack."""
        return {
            Choice.INCLUDE: "",
            Choice.THIRD_PARTY: "It is about somebody else (Data Protection Act 2018, schedule 2, paragraph 16)",
            Choice.SERIOUS_HARM: "Telling it could cause serious harm (Data Protection Act 2018, schedule 3)",
            Choice.LEGAL_RESTRICTION: "Another law does not allow it to be told (Data Protection Act 2018, schedule 4)",
        }[self]


@dataclass(frozen=True)
class Sent:
    """The file by which something came in."""

    title: str | None
    file: str | None
    received_on: date | None
    national: bool | None


@dataclass(frozen=True)
class Source:
    """Who says a line, in which file it came and when; whether it is still said."""

    title: str
    supplier: str
    file: str | None
    received_on: date | None
    said_now: bool


@dataclass(frozen=True)
class Item:
    """One line of what is held. `names` are what the audit calls it; nothing of what it says is in them."""

    key: str
    section: Section
    label: str
    value: str
    concern: Concern
    sources: tuple[Source, ...] = ()
    since: date | None = None
    until: date | None = None
    names: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    number: bool = False  # shown in the pack alone, to whose number it is

    @property
    def default(self) -> Choice | None:
        """What is done with it unless a person says otherwise; None where a person has to say."""
        match self.concern:
            case Concern.OWN:
                return Choice.INCLUDE
            case Concern.THIRD_PARTY:
                return Choice.THIRD_PARTY
            case Concern.WHEREABOUTS:
                return Choice.SERIOUS_HARM
            case Concern.GUARDED:
                return None

    @property
    def shown(self) -> str:
        """What whoever goes through the lines reads: of a number, that there is one."""
        return "Held. It is shown in the pack alone." if self.number else self.value


@dataclass(frozen=True)
class Held:
    """Everything that is held about a child, before anybody has said what is left out."""

    handle: str
    name: str
    child_number: str
    shielded: bool
    version: str
    items: tuple[Item, ...]
    looks: LookPage

    def of(self, section: Section) -> tuple[Item, ...]:
        """The lines of one part."""
        return tuple(item for item in self.items if item.section is section)


@dataclass(frozen=True)
class Occasion:
    """For whom a pack is made, by whom and when."""

    asker: Asker
    name: str
    organisation: str
    at: datetime


@dataclass(frozen=True)
class Pack:
    """What is given to whoever asked. `looks` is None where it is left out."""

    held: Held
    occasion: Occasion
    left_out: tuple[tuple[Choice, int], ...]
    purposes: tuple[Reason, ...] = REASONS

    @property
    def sections(self) -> tuple[tuple[Section, tuple[Item, ...]], ...]:
        """The parts that hold anything, but for who looked."""
        parts = ((section, self.held.of(section)) for section in Section if section is not Section.LOOKS)
        return tuple((section, items) for section, items in parts if items)

    @property
    def looks(self) -> LookPage | None:
        """Who looked; None if that is left out."""
        return self.held.looks if self.held.of(Section.LOOKS) else None

    @property
    def missing(self) -> int:
        """How many lines are left out."""
        return sum(number for _, number in self.left_out)


def choice_coded(code: str) -> Choice:
    """The choice of that code; Refused if it is not on the list."""
    if code not in {choice.value for choice in Choice}:
        raise Refused("Choose from the list what is done with each line.")
    return Choice(code)


def undecided(items: Iterable[Item], choices: Mapping[str, Choice]) -> tuple[Item, ...]:
    """The lines of which a person has to say whether they are in the pack, and has not."""
    return tuple(item for item in items if item.default is None and item.key not in choices)


def make(held: Held, choices: Mapping[str, Choice], occasion: Occasion) -> Pack:
    """The pack with the lines that are in it alone; Refused while something is undecided. Unknown keys do nothing."""
    if undecided(held.items, choices):
        raise Refused("Choose for every line that is marked so whether it is in the pack. Go back and choose.")
    chosen = {item.key: choices.get(item.key, item.default) for item in held.items}
    kept = tuple(item for item in held.items if chosen[item.key] is Choice.INCLUDE)
    counts = Counter(chosen.values())
    left_out = tuple((choice, counts[choice]) for choice in Choice if choice is not Choice.INCLUDE and counts[choice])
    return Pack(replace(held, items=kept), occasion, left_out)
