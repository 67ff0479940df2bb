"""Watching the watchers: what in somebody's looks is worth a question, who asks it, and by when (security.md 3.6).

Of 124 misuses found in councils that shared one national system, 99 were of staff who looked at themselves, family,
friends and neighbours; alerts fired, and for three years nobody owned them. So each signal here is about a relation or
a pace, and each alert has an owner, a day by which it is due, and an outcome.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from graph.model.errors import Refused
from graph.model.names import fold_whole
from graph.model.roles import Role

# A person at work opens one child's page after another, and not so many: ASVS 2.4.2 asks for human pace.
BURST, BURST_WITHIN = 15, timedelta(minutes=10)
# Searching without finding anybody, again and again, is trying names out.
MISSES, MISSES_WITHIN = 12, timedelta(hours=1)
# Most of whom a practitioner opens, their own service works with. Who works for a whole area opens more of the others.
STRANGERS, STRANGERS_OF_AN_AREA, STRANGERS_WITHIN = 20, 40, timedelta(days=1)
# So many people with no work for one child, all at its page within a day: something about it is talked of.
CROWD, CROWD_WITHIN = 5, timedelta(days=1)
# What the audit says of a failed sign-in that began to slow those from its place, or everybody's; who mistypes slows
# an account, and that is no question.
GUESSED = (b"slowed:address", b"slowed:everything")
# What is done at the pages of a child, of everything held, of its records, of a shield, and of staying after eighteen.
WATCHED = ("child.", "pack.", "records.", "shield.", "stay.")


class Signal(StrEnum):
    """What was noticed."""

    OWN_FAMILY = "own_family"
    HOUSEHOLD = "household"
    NEIGHBOUR = "neighbour"
    COLLEAGUE = "colleague"
    NO_PATH = "no_path"
    BURST = "burst"
    ENUMERATION = "enumeration"
    STRANGERS = "strangers"
    CROWD = "crowd"
    LEAVER = "leaver"
    CANARY = "canary"
    GUESSING = "guessing"

    @property
    def words(self) -> str:
        """What was noticed, as people say it."""
        return _WORDS[self]

    @property
    def days(self) -> int:
        """Within how many days somebody has to have asked."""
        return _DAYS.get(self, 5)


_WORDS = {
    Signal.OWN_FAMILY: "The user has the name of the child or of one of the child’s carers",
    Signal.HOUSEHOLD: "The child lives at the user’s own postcode",
    Signal.NEIGHBOUR: "The child lives near the user’s home",
    Signal.COLLEAGUE: "The child or a carer has the name of somebody who works with the user",
    Signal.NO_PATH: "Neither a service, nor a home, nor an area ties the user to the child",
    Signal.BURST: f"{BURST} children and more were opened within {BURST_WITHIN.seconds // 60} minutes",
    Signal.ENUMERATION: f"{MISSES} searches and more within an hour found nobody",
    Signal.STRANGERS: "Many children with whom neither the user nor their service works were opened within a day",
    Signal.CROWD: f"{CROWD} people and more who do not work with the child opened its page within a day",
    Signal.LEAVER: "The directory says that the user has left the service",
    Signal.CANARY: "The child is invented: nobody has a reason to open this page",
    Signal.GUESSING: "So many sign-ins failed, from one place or in all, that they were slowed",
}
_DAYS = {
    Signal.CANARY: 1,
    Signal.GUESSING: 1,
    Signal.LEAVER: 1,
    Signal.OWN_FAMILY: 2,
    Signal.HOUSEHOLD: 2,
    Signal.BURST: 2,
}


class State(StrEnum):
    """How far an alert has come."""

    OPEN = "open"
    SETTLED = "settled"


class Outcome(StrEnum):
    """How an alert ends; a closed list, since free text about a child exists nowhere."""

    WORK = "work"
    MISTAKE = "mistake"
    CHANCE = "chance"
    REMINDED = "reminded"
    MISUSE = "misuse"

    @property
    def words(self) -> str:
        """The outcome, as people say it."""
        return {
            Outcome.WORK: "Part of the user’s work",
            Outcome.MISTAKE: "The wrong child, opened by mistake",
            Outcome.CHANCE: "Another person of the same name",
            Outcome.REMINDED: "Not right; the user was reminded or trained",
            Outcome.MISUSE: "Misuse: account suspended, handed to the organisation",
        }[self]


@dataclass(frozen=True)
class Seen:
    """One event of the audit, as far as it matters here."""

    at: int  # milliseconds since 1970
    actor: str
    action: str
    allowed: bool
    children: tuple[str, ...]

    @property
    def opens(self) -> bool:
        """Whether somebody opened, or tried to open, a page about one child, or took something of it away."""
        return self.action.startswith(WATCHED) and self.action not in _LISTS and len(self.children) > 0

    @property
    def misses(self) -> bool:
        """Whether it is a search that found nobody."""
        return self.action == "child.find" and self.allowed and not self.children


# These name several children at once, and nobody has opened any of them.
_LISTS = frozenset({"child.find", "child.mine", "child.mine.seen", "shield.list"})


@dataclass(frozen=True)
class Colleague:
    """Somebody who has an account beside the user's."""

    name: str
    homes: tuple[str, ...]  # keyed as the user's own; none where it is not known


@dataclass(frozen=True)
class Ties:
    """What the graph says of one user and one child."""

    user: str
    child: str
    name: str  # of the user
    homes: tuple[str, ...]  # keyed: the user's own postcode and the streets around
    carers: tuple[str, ...]  # full names, as recorded, and the child's own
    postcodes: tuple[str, ...]  # keyed as the homes are
    streets: tuple[str, ...]
    family_streets: tuple[str, ...]  # keyed: where the child or a carer lives or ever lived
    colleagues: tuple[Colleague, ...]  # of the same service; of the same organisation, where neither has a service
    served: bool  # by the user's service, by the user, or at a home where a child is
    of_area: bool
    left: bool  # the directory says that the user works for the service no more
    canary: bool


@dataclass(frozen=True)
class AlertLine:
    """One alert in a list. Whoever looks at alerts sees numbers of children and no names."""

    alert_id: str
    signal: Signal
    user: str
    organisation: str
    child_number: str | None
    at: datetime
    times: int
    due_on: date
    overdue: bool
    owner: str | None
    mine: bool
    state: State
    outcome: Outcome | None


@dataclass(frozen=True)
class AlertList:
    """One page of alerts, how many there are, and how many nobody owns."""

    lines: tuple[AlertLine, ...]
    page: int
    pages: int
    count: int
    unowned: int


def signals(ties: Ties) -> tuple[Signal, ...]:
    """What is worth a question about this user and this child, the gravest first."""
    carers, mine = {fold_whole(name) for name in ties.carers} - {""}, fold_whole(ties.name)
    homes = set(ties.homes)
    household = bool(homes & set(ties.postcodes))
    found = {
        Signal.CANARY: ties.canary,
        Signal.OWN_FAMILY: mine in carers,
        Signal.HOUSEHOLD: household,
        Signal.LEAVER: ties.left,
        # Who works for a child may well live near it, and a name of many is often a colleague's too.
        Signal.COLLEAGUE: not ties.served and bool(carers & _possible_carers(ties) - {mine}),
        Signal.NEIGHBOUR: not ties.served and not household and bool(homes & set(ties.streets)),
        Signal.NO_PATH: not ties.served and not ties.of_area,
    }
    return tuple(signal for signal, holds in found.items() if holds)


def _possible_carers(ties: Ties) -> set[str]:
    """The names of the colleagues, but for those who are known to live where nobody of this child's family ever did."""
    family = set(ties.family_streets)
    return {
        fold_whole(colleague.name)
        for colleague in ties.colleagues
        if not family or not colleague.homes or family & set(colleague.homes)
    }


def bursts(events: Sequence[Seen]) -> list[int]:
    """The moments at which one user, whose events these are in order, had opened too many children too fast."""
    return _crowded(opened(events), BURST, BURST_WITHIN)


def enumerations(events: Sequence[Seen]) -> list[int]:
    """The moments at which one user had searched in vain too often."""
    return _crowded([(event.at, str(at)) for at, event in enumerate(events) if event.misses], MISSES, MISSES_WITHIN)


def strangers(events: Sequence[Seen], served: Collection[str], role: Role) -> list[int]:
    """The moments at which one user had opened too many children whom no work of theirs ties to them."""
    others = [(at, child) for at, child in opened(events) if child not in served]
    return _crowded(others, most_strangers(role), STRANGERS_WITHIN)


def most_strangers(role: Role) -> int:
    """How many children without a tie of work make a question within a day."""
    return STRANGERS if role is Role.PRACTITIONER else STRANGERS_OF_AN_AREA


def opened(events: Sequence[Seen]) -> list[tuple[int, str]]:
    """When which child was opened, in the order of the events."""
    return [(event.at, child) for event in events if event.opens and event.allowed for child in event.children[:1]]


def crowd(marks: Sequence[tuple[int, str]]) -> set[str]:
    """Who of those at one child's page, each with the moment, in order, was there within a day of so many others."""
    span = int(CROWD_WITHIN.total_seconds() * 1000)
    found: set[str] = set()
    for at, _ in marks:
        there = {who for moment, who in marks if at - span <= moment <= at}
        found |= there if len(there) >= CROWD else set()
    return found


def _crowded(marks: Sequence[tuple[int, str]], most: int, within: timedelta) -> list[int]:
    """When the number of different things within a span of time reached `most`; then counting begins anew."""
    span = int(within.total_seconds() * 1000)
    found: list[int] = []
    first = 0
    for last, (at, _) in enumerate(marks):
        while marks[first][0] < at - span:
            first += 1
        if len({thing for _, thing in marks[first : last + 1]}) >= most:
            found.append(at)
            first = last + 1
            if first == len(marks):
                break
    return found


def outcome_coded(code: str) -> Outcome:
    """The outcome of that code; Refused if it is not on the list."""
    if code not in {outcome.value for outcome in Outcome}:
        raise Refused("Choose how it ended from the list.")
    return Outcome(code)


def streets(postcode: str) -> str:
    """The postcode but for its last letter (`NS1 2A` of `NS1 2AB`): the streets around, some hundred or two of homes.

    A sector (`NS1 2`) has some three thousand, and whoever works for an area would have a neighbour among many of its
    children. Empty where it is no postcode.
    """
    tight = "".join(postcode.upper().split())
    return f"{tight[:-3]} {tight[-3:-1]}" if len(tight) > 4 else ""
