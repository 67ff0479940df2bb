"""Who looked: audit events as people read them, and what of them is hidden from whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from graph.model.kinds import KINDS, Visibility
from graph.model.reasons import REASONS
from graph.model.roles import Role
from graph.model.visibility import strictest

NOT_NAMED = "A service that is not named here"
_NO_NAME = "Not named here"
_MACHINE = "The directory’s own staff, at the machine"
_GUARDED_REASON = "A duty to keep children safe"
_NO_REASON = "No reason is asked for this"
# A family may learn that somebody looked. That a concern is being looked into is for those who look into it to say.
_GUARDED_REASONS = frozenset({"safeguarding", "child_protection", "school_safeguarding", "missing_education"})

# Every action that is recorded, as whoever reads the audit has it.
ACTIONS = {
    "child.signpost": "Whom to ring",
    "child.circle": "The circle",
    "child.timeline": "The time line",
    "child.sheet": "The sheet of contacts",
    "child.table": "The table, saved as a file",
    "child.drawing": "The picture, saved as a file",
    "child.image": "The picture, saved as a file",
    "child.find": "In a list of children found",
    "child.walk": "The way to another child",
    "child.mine": "In the list of their own children",
    "child.looks": "Who looked at this child",
    "child.looks_sheet": "Who looked at this child, for the family",
    "area.names": "In a list of children of the area",
    "area.recent": "In the list of children opened before",
    "area.together": "Beside other children of the area",
    "area.connection": "How two children are connected",
    "child.read": "An address that is no child’s",
    "child.mine.seen": "A notice of change, marked as read",
    "area.count": "How many children of an area",
    "directory.find": "A search of the directory",
    "directory.service": "A service in the directory",
    "directory.practitioner": "A practitioner in the directory",
    "audit.child": "Who looked at this child",
    "audit.user": "What a user looked at",
    "audit.own": "What they looked at themselves",
    "audit.export": "Audit events, handed out",
    "review.queue": "The list of cases, in match review",
    "review.open": "The case, in match review",
    "review.decide": "A decision, in match review",
    "review.decided": "The list of decisions, in match review",
    "review.decision": "A decision that was made, in match review",
    "review.looks": "Who opened a case, in match review",
    "review.part": "Two records taken apart, in match review",
    "review.ask_again": "A question whether records taken off are the child’s after all",
    "records.show": "What the entry is made of",
    "records.ask": "A wish that records are taken off the page",
    "records.take_off": "Records taken off the page",
    "records.keep": "A wish to take records off, refused or taken back",
    "own.show": "Their own involvement",
    "own.record": "Their own involvement, recorded",
    "own.correct": "Their own involvement, corrected",
    "own.end": "Their own involvement, ended",
    "pack.open": "Everything held, to answer a request for it",
    "pack.make": "A copy of what is held, for the child or family",
    "request.object": "An objection, entered",
    "request.ask": "A correction, asked for",
    "request.asked": "The list of what they asked to be corrected",
    "request.open": "The form to ask for a correction",
    "request.queue": "The list of corrections and objections",
    "request.show": "A correction or objection",
    "request.take": "A correction or objection, taken on",
    "request.settle": "A correction or objection, answered",
    "team.line": "The way to ask the directory team",
    "team.open": "The form to ask the directory team",
    "team.ask": "A question to the directory team",
    "team.asked": "The list of their questions to the directory team",
    "team.queue": "The list of questions to the directory team",
    "team.settle": "A question to the directory team, answered",
    "shield.list": "The list of shields",
    "shield.open": "The shield, to propose or decide",
    "shield.propose": "A shield, proposed",
    "shield.decide": "A shield, decided",
    "shield.keep": "A shield, reviewed",
    "shield child": "A shield, put on",
    "confirm shield": "A shield from a feed, confirmed",
    "end shield": "A shield, ended",
    "decide under a shield": "A row that waited at a shield, decided",
    "take apart under a shield": "A record, taken from a shielded child",
    "release from quarantine": "A row that waited, let in as another child’s",
    "attach from quarantine": "A row that waited, let in as this child’s",
    "undo run": "A load, undone",
    "stop feed": "A feed, stopped",
    "start feed": "A feed, started again",
    "shield.override": "What a shield hides, opened",
    "shield.override.leave": "What a shield hides, closed again",
    "override.open": "An override, to investigate",
    "override.take": "An override, taken on to investigate",
    "override.settle": "An override, investigated",
    "stay.open": "The form for consent to stay",
    "stay.record": "Consent to stay, recorded",
    "stay.withdraw": "Consent to stay, withdrawn",
    "alert.list": "The list of alerts",
    "alert.made": "An alert",
    "alert.open": "An alert, opened",
    "alert.own": "An alert, handed over",
    "alert.settle": "An alert, settled",
    "canary.add": "An invented child for watching, added",
    "session.begin": "Signing in",
    "session.end": "Signing out",
    "session.prove": "Proving again that it is them",
    "key.add": "A passkey, added",
    "key.remove": "A passkey, removed",
    "user.list": "The list of accounts",
    "user.show": "An account",
    "user.ask": "An account, asked for",
    "user.approve": "An account, approved",
    "user.decline": "An account, declined",
    "user.activate": "An account, begun",
    "user.add": "An account, added",
    "user.first": "The first account, added",
    "user.disable": "An account, suspended",
    "user.home": "The home of an account’s owner, entered",
    "user.children": "How many children an account may open in a day, changed",
    "user.override.give": "The right to override, given",
    "user.override.take": "The right to override, taken away",
}
# Who, organisation, role, what, why, whether it was refused, and which children.
_Said = tuple[str, str, str, str, str, bool, tuple[str, ...]]
# What the directory does with an entry, and who looks after it. A family is told of looks at the child.
_INTERNAL = (
    *("shield", "confirm shield", "end shield", "decide under a shield", "take apart under a shield"),
    *("release from quarantine", "attach from quarantine", "audit.", "alert.", "override."),
)


class Reader(StrEnum):
    """For whom looks are listed."""

    LEAD = "lead"  # a safeguarding lead of the child's area
    STATUTORY_LEAD = "statutory lead"
    MANAGER = "data manager"  # of the child's authority
    AUDITOR = "auditor"
    FAMILY = "family"
    ONESELF = "oneself"

    @property
    def sees_all(self) -> bool:
        """Whether nobody is hidden."""
        return self in (Reader.MANAGER, Reader.AUDITOR, Reader.ONESELF)


@dataclass(frozen=True)
class Looker:
    """Who looked, as the accounts say now."""

    user_id: str
    name: str
    statutory: bool
    linked: bool  # to a service
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class LookEvent:
    """What an audit event says of one look."""

    at: datetime
    actor: str
    action: str
    decision: str
    role: str | None = None
    organisation: str | None = None
    purpose: str | None = None
    case_reference: str | None = None
    children: tuple[str, ...] = ()


@dataclass(frozen=True)
class LookLine:
    """One line of a list of looks: what one person saw again for the same reason is one line, the last time first."""

    at: datetime
    first: datetime
    who: str
    organisation: str
    role: str
    what: str
    why: str
    refused: bool
    children: tuple[str, ...]
    times: int


@dataclass(frozen=True)
class LookPage:
    """The looks of one child or one user; of whom, in the words that this reader may have."""

    of: str
    lines: tuple[LookLine, ...]
    more: bool  # there are older ones, which are not listed

    @property
    def numbered(self) -> bool:
        """Whether any line has numbers of children."""
        return any(line.children for line in self.lines)


def lines_for(reader: Reader, events: Iterable[LookEvent], lookers: Sequence[Looker]) -> tuple[LookLine, ...]:
    """The looks as this reader may have them, the last first."""
    known = {looker.user_id: looker for looker in lookers}
    groups: dict[_Said, list[LookEvent]] = {}
    for event in sorted(events, key=lambda each: each.at, reverse=True):
        if _is_listed(reader, event):
            said = _said(reader, event, known.get(event.actor))
            groups.setdefault(said, []).append(event)
    return tuple(LookLine(group[0].at, group[-1].at, *said, len(group)) for said, group in groups.items())


def words_of(action: str) -> str:
    """What was seen or done, in words."""
    return ACTIONS.get(action) or action.replace(".", ": ").replace("_", " ").capitalize()


def why_of(purpose: str | None) -> str:
    """The reason that was stated, in words."""
    return next((reason.words for reason in REASONS if reason.code == purpose), _NO_REASON)


def is_hidden(reader: Reader, looker: Looker | None, role: str | None) -> bool:
    """Whether neither the person nor their service is named to this reader.

    It would tell that such a service works with the child (`domain.md` 1.6, and the ruling on kinds of service).
    """
    if reader.sees_all:
        return False
    level = _level(looker, role)
    return level is Visibility.SENSITIVE or (level is Visibility.NEED_TO_KNOW and reader is not Reader.STATUTORY_LEAD)


def _level(looker: Looker | None, role: str | None) -> Visibility:
    """How guarded the looker’s service is. An account without one is of the council or the directory."""
    if role is None or (looker is not None and not looker.linked and role != Role.PRACTITIONER):
        return Visibility.OPEN
    kinds = () if looker is None else looker.kinds
    return strictest([KINDS[kind].visibility for kind in kinds if kind in KINDS])


def _is_listed(reader: Reader, event: LookEvent) -> bool:
    if reader in (Reader.AUDITOR, Reader.ONESELF, Reader.MANAGER):
        return True
    return event.decision == "allowed" and not event.action.startswith(_INTERNAL)


def _said(reader: Reader, event: LookEvent, looker: Looker | None) -> _Said:
    hidden = is_hidden(reader, looker, event.role)
    name = looker.name if looker else _MACHINE if event.role is None else event.actor
    organisation = event.organisation or ""
    why = why_of(event.purpose)
    if reader is Reader.FAMILY:
        # Staff of social care, police and youth justice are not named to a family: some of it may be why they look.
        if looker is not None and (looker.statutory or event.purpose in _GUARDED_REASONS):
            name = _NO_NAME
        why = _GUARDED_REASON if hidden or event.purpose in _GUARDED_REASONS else why
    elif event.case_reference:
        why = f"{why} ({event.case_reference})"
    role = Role(event.role).words if event.role else ""
    if hidden:
        name, organisation, role = _NO_NAME, NOT_NAMED, ""
    children = event.children if reader in (Reader.AUDITOR, Reader.ONESELF) else ()
    return name, organisation, role, words_of(event.action), why, event.decision != "allowed", children
