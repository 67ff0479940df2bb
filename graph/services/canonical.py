"""The canonical hash: one number for all that readers may see, the same whichever way it came in.

It leaves out runs, users, sessions, credentials, audit, migrations, notices and requests, run numbers and clock times,
and names each person by its sorted record keys (architecture, rule 5). Quarantined records and shields are in it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from typing import Any

from graph.services.loads import show_publication
from graph.store import Database, Query

_MODULUS = 1 << 256
# Run numbers, clock times and random numbers; the rest of a record's or fact's properties count.
_LEFT_OUT = frozenset(
    [
        "run",
        "ended_run",
        "file_run",
        "confirmed_by",
        "at",
        "version",
        "record_version",
        "person_id",
        "child_id",
        "shield_id",
        "held_for",
        "shields",
        "said_at",
        "said_after",
        "said_by",
        "unsaid_at",
    ]
)


@dataclass(frozen=True)
class PersonRecord:
    """A record that identifies a person."""

    person_id: str
    record: str


@dataclass(frozen=True)
class RecordLine:
    """A record, what it says and of whom."""

    properties: dict[str, Any]
    says: str | None
    method: str | None
    basis: str | None
    score: float | None
    parts: list[str] | None
    labels: list[str] | None
    subject: str | None


@dataclass(frozen=True)
class PropertiesLine:
    """A node's properties."""

    properties: dict[str, Any]


@dataclass(frozen=True)
class FactLine:
    """A fact and its two ends."""

    type: str
    properties: dict[str, Any]
    subject: str
    target: str


@dataclass(frozen=True)
class ProposalLine:
    """A question whether two persons are one."""

    properties: dict[str, Any]
    subject: str
    candidate: str


@dataclass(frozen=True)
class NumberLine:
    """A number that is no longer to be used."""

    number: str


@dataclass(frozen=True)
class ThingLine:
    """An identity node and its area."""

    labels: list[str]
    properties: dict[str, Any]
    area: str | None


@dataclass(frozen=True)
class ShieldLine:
    """A shield and a person it is over."""

    shield_id: str
    properties: dict[str, Any]
    person_id: str | None


LIST_PERSONS = Query("canonical/list_persons", PersonRecord)
LIST_RECORDS = Query("canonical/list_records", RecordLine)
LIST_QUARANTINED = Query("canonical/list_quarantined", PropertiesLine)
LIST_FACTS = Query("canonical/list_facts", FactLine)
LIST_PROPOSALS = Query("canonical/list_proposals", ProposalLine)
LIST_WITHDRAWN_NUMBERS = Query("canonical/list_withdrawn_numbers", NumberLine)
LIST_THINGS = Query("canonical/list_things", ThingLine)
LIST_SHIELDS = Query("canonical/list_shields", ShieldLine)


@dataclass(frozen=True)
class Canonical:
    """The hash of everything, and of each part with its number of lines: a difference shows where it lies."""

    hash: str
    parts: dict[str, tuple[int, str]]
    # How it was decided of whom each record speaks, and what people are asked: not in the hash, because what a person
    # has joined is as what a load has joined.
    decided: str = field(default="", compare=False)


def canonical_hash(db: Database) -> Canonical:
    """The canonical hash of what is published now. It reads everything and holds only the persons' names in memory."""
    publication = show_publication(db)
    seen: dict[str, Any] = {"published": publication.published, "withdrawn": publication.withdrawn}
    names = _names(db, seen)
    parts = {
        "records": _Sum(),
        "quarantined": _Sum(),
        "facts": _Sum(),
        "withdrawn": _Sum(),
        "things": _Sum(),
        "shields": _Sum(),
    }
    decided = _Sum()
    for properties, says, method, basis, score, clues, labels, subject in db.stream(LIST_RECORDS, **seen):
        # Labels of a person follow from its records; a thing's are its own.
        parts["records"].add(_said(properties), says, sorted(labels or ()), names.get(subject, subject))
        decided.add(properties.get("record"), method, basis, score, clues)
    for (properties,) in db.stream(LIST_QUARANTINED, **seen):
        parts["quarantined"].add(_said(properties))
    for kind, properties, subject, target in db.stream(LIST_FACTS, **seen):
        kept = _said(properties)
        if kind == "RESPONSIBILITY_OF":
            kept.pop("fact_id", None)  # made from the person's random number
        parts["facts"].add(kind, kept, names.get(subject, subject), names.get(target, target))
    for properties, subject, candidate in db.stream(LIST_PROPOSALS, **seen):
        decided.add(_said(properties), names.get(subject, subject), names.get(candidate, candidate))
    for (number,) in db.stream(LIST_WITHDRAWN_NUMBERS, **seen):
        parts["withdrawn"].add(number)
    for labels, properties, area in db.stream(LIST_THINGS, **seen):
        parts["things"].add(sorted(labels), _said(properties), area)
    for properties, persons in _shields(db):
        # An entry that was joined with another has no record left: its shield is over the other as well.
        over = sorted({names[person] for person in persons if person in names}) or (["gone"] if persons else [])
        parts["shields"].add(_said(properties), over)
    shown = {name: (part.lines, part.text()) for name, part in parts.items()}
    return Canonical(sha256(repr(shown).encode()).hexdigest(), shown, decided.text())


class _Sum:
    """The hash of a bag of lines: the sum of the lines' hashes, so that their order does not matter."""

    def __init__(self) -> None:
        self.lines = 0
        self._sum = 0

    def add(self, *values: Any) -> None:
        line = blake2b(repr(values).encode(), digest_size=32).digest()
        self._sum = (self._sum + int.from_bytes(line, "big")) % _MODULUS
        self.lines += 1

    def text(self) -> str:
        return f"{self._sum:064x}"


def _shields(db: Database) -> Iterable[tuple[dict[str, Any], list[str]]]:
    """Each shield with the persons it is over."""
    found: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for shield_id, properties, person in db.stream(LIST_SHIELDS):
        found.setdefault(shield_id, (properties, []))[1].extend([person] if person else [])
    return found.values()


def _names(db: Database, seen: dict[str, Any]) -> dict[str | None, str]:
    """Each person's name here: a hash of the sorted keys of its records."""
    keys: dict[str, list[str]] = defaultdict(list)
    for person, record in db.stream(LIST_PERSONS, **seen):
        keys[person].append(record)
    return {
        person: blake2b("\n".join(sorted(records)).encode(), digest_size=16).hexdigest()
        for person, records in keys.items()
    }


def _said(properties: dict[str, Any]) -> dict[str, str]:
    return {
        name: str(value) for name, value in sorted(properties.items()) if name not in _LEFT_OUT and value is not None
    }
