"""Shields: a child whose whereabouts must not become known. A shield outlives every run and is never lost."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from types import NoneType
from typing import Any

from graph.model.errors import NotFound, Refused
from graph.model.names import fold_whole
from graph.model.resemblance import Key, Traits, asking_keys, keys_of, of_the_family
from graph.model.shielding import Ground
from graph.services import audit
from graph.store import Database, Query, Transaction

_ASKED = 1_000  # persons a question


@dataclass(frozen=True)
class Guard:
    """What one shield guards: every name (folded), date of birth, home and number known of the child."""

    shield_id: str
    forenames: list[str]
    family_names: list[str]
    dates_of_birth: list[date]
    postcodes: list[str]
    addresses: list[str]  # first lines
    nhs_numbers: list[str]
    upns: list[str]
    person_id: str | None
    held_for: str | None = None  # the shield whose child this one's may be, until a person has said

    @property
    def traits(self) -> Traits:
        """What is guarded, as what is said of others is compared with it."""
        return Traits(
            given=frozenset(given for name in self.forenames for given in (name, name.partition(" ")[0])),
            family=frozenset(self.family_names),
            born=frozenset(self.dates_of_birth),
            postcodes=frozenset("".join(code.upper().split()) for code in self.postcodes),
            addresses=frozenset(self.addresses),
            numbers=frozenset((*self.nhs_numbers, *self.upns)),
        )

    def with_more(self, said: Iterable["Said"]) -> "Guard":
        """The guard with what these records say as well."""
        more = guard_of(self.shield_id, said)
        lists: dict[str, Any] = {
            each.name: sorted({*getattr(self, each.name), *getattr(more, each.name)})
            for each in fields(self)
            if isinstance(getattr(self, each.name), list)
        }
        return replace(self, **lists)


@dataclass(frozen=True)
class Said:
    """What one record says that a shield has to guard."""

    forename: str | None
    preferred_forename: str | None
    family_name: str | None
    preferred_family_name: str | None
    former_family_name: str | None
    other_names: list[str] | None
    date_of_birth: date | None
    postcode: str | None
    former_postcodes: list[str] | None
    addresses: list[str] | None
    nhs_number: str | None
    upn: str | None
    former_upn: str | None


@dataclass(frozen=True)
class SaidOf:
    """What one record says of one of many persons."""

    person_id: str
    said: Said


@dataclass(frozen=True)
class ShieldRow:
    """One shield in a list: the child's number, never a name."""

    shield_id: str
    child_number: str | None
    ground: str
    state: str
    decided_by: str | None
    review_on: date | None
    starts: date
    ends: date | None
    held_for: str | None


@dataclass(frozen=True)
class PersonId:
    """A person's id."""

    person_id: str


@dataclass(frozen=True)
class Shielded:
    """A child under a shield: the person and the child's number in the directory."""

    person_id: str
    child_number: str


@dataclass(frozen=True)
class Held:
    """An entry that is held, and the shielded child whose it may be."""

    entry: str
    candidate: str


@dataclass(frozen=True)
class ShieldId:
    """A shield's id."""

    shield_id: str


LIST_GUARDS = Query("shields/list_guards", Guard)
LIST_GUARDED = Query("shields/list_guarded", SaidOf)
SAVE_SHIELD = Query("shields/save_shield", NoneType)
ATTACH_SHIELDS = Query("shields/attach_shields", NoneType)
FIND_CHILD = Query("shields/find_child", PersonId)
SAVE_HELD = Query("shields/save_held", NoneType)
LIST_UNSHIELDED = Query("shields/list_unshielded", SaidOf)
LIST_PARTED = Query("shields/list_parted", PersonId)
FIND_SHIELDED = Query("shields/find_shielded", Shielded)
LIST_SHIELDS = Query("shields/list_shields", ShieldRow)
CONFIRM_SHIELD = Query("shields/confirm_shield", ShieldId)
END_SHIELD = Query("shields/end_shield", ShieldId)


def list_guards(db: Database) -> list[Guard]:
    """What each shield in force guards: what it has kept, and what any record has ever said of whom it is over."""
    kept = db.read(LIST_GUARDS)
    said: dict[str, list[Said]] = {}
    persons = sorted({guard.person_id for guard in kept if guard.person_id is not None})
    for start in range(0, len(persons), _ASKED):
        for row in db.read(LIST_GUARDED, persons=persons[start : start + _ASKED]):
            said.setdefault(row.person_id, []).append(row.said)
    return [guard.with_more(said.get(guard.person_id or "", ())) for guard in kept]


def find_shielded(db: Database, shield_ids: Sequence[str]) -> list[Shielded]:
    """The children whom these shields are over, by their numbers."""
    return db.read(FIND_SHIELDED, shield_ids=list(shield_ids))


def guard_of(shield_id: str, said: Iterable[Said], person_id: str | None = None) -> Guard:
    """Everything that these records say, as what a shield guards."""
    rows = list(said)
    others = [name for row in rows for name in row.other_names or ()]
    forenames = _folded(
        *(row.forename for row in rows), *(row.preferred_forename for row in rows), *map(_given, others)
    )
    family_names = _folded(
        *(row.family_name for row in rows),
        *(row.preferred_family_name for row in rows),
        *(row.former_family_name for row in rows),
        *(name.partition(", ")[0] for name in others),
    )
    return Guard(
        shield_id=shield_id,
        forenames=forenames,
        family_names=family_names,
        dates_of_birth=sorted({row.date_of_birth for row in rows if row.date_of_birth}),
        postcodes=sorted({code for row in rows for code in (row.postcode, *(row.former_postcodes or ())) if code}),
        addresses=_folded(*(line for row in rows for line in row.addresses or ())),
        nhs_numbers=sorted({row.nhs_number for row in rows if row.nhs_number}),
        upns=sorted({upn for row in rows for upn in (row.upn, row.former_upn) if upn}),
        person_id=person_id,
    )


def new_shield_id() -> str:
    """A shield's number, random and never used again."""
    return "S" + secrets.token_hex(6).upper()


def properties_of(guard: Guard, *, ground: Ground, state: str, starts: date, **more: Any) -> dict[str, Any]:
    """A shield's properties as the graph keeps them; one that holds an entry has the ground of the other."""
    kept = {field.name: getattr(guard, field.name) for field in fields(guard) if field.name != "person_id"}
    return kept | {"ground": ground.value, "state": state, "from": starts} | more


def add_shield(
    db: Database, *, child_number: str, ground: Ground, review_on: date, decided_by: str, today: date
) -> str:
    """The number of the new shield, in force at once. Raises NotFound (child) or Refused (review date)."""
    if review_on <= today:
        raise Refused(f"The review date {review_on} is not in the future. A shield is reviewed within six months.")
    shield_id, op_id = new_shield_id(), secrets.token_hex(16)
    near = entries_near(db, child_number)

    def work(tx: Transaction) -> str:
        child = tx.read_one(FIND_CHILD, child_id=child_number)
        if child is None:
            raise NotFound(f"There is no child with the number {child_number}.")
        about = {"decided_by": decided_by, "review_on": review_on}
        write_shield(tx, child.person_id, shield_id, near, ground=ground, state="confirmed", today=today, **about)
        audit.record_act(
            tx,
            actor=decided_by,
            action="shield child",
            child_refs=(child_number, *sorted(near)),
            fields=(ground.value, *(("entries held",) if near else ())),
            op_id=op_id,
        )
        return shield_id

    return db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)


def write_shield(
    tx: Transaction,
    person_id: str,
    shield_id: str,
    near: dict[str, list[Said]],
    *,
    ground: Ground,
    state: str,
    today: date,
    **more: Any,
) -> None:
    """Nothing: the shield is in force with this transaction, and over each entry that may be the child as well."""
    guard = guard_of(shield_id, [row.said for row in tx.read(LIST_GUARDED, persons=[person_id])])
    properties = properties_of(guard, ground=ground, state=state, starts=today, **more)
    tx.write(SAVE_SHIELD, shield_id=shield_id, person_id=person_id, properties=properties)
    for person, said in near.items():
        held = replace(guard_of(new_shield_id(), said), held_for=shield_id)
        tx.write(SAVE_HELD, shield_id=held.shield_id, person_id=person, properties=held_properties(held, today))


def held_properties(guard: Guard, starts: date) -> dict[str, Any]:
    """The properties of a shield that holds an entry; its ground is that of the shield for which it is held."""
    return properties_of(guard, ground=Ground.SIGNIFICANT_HARM, state="held", starts=starts)


def near_entries(said: Iterable[tuple[str, Said]], guard: Guard, keys: set[Key]) -> dict[str, list[Said]]:
    """Which persons share one of these keys with a guarded child, and what their records say.

    Two valid NHS numbers are two identities (decision 16): whoever has another is not the child, nor asked about. Nor
    is a brother or sister, of whom neither forename nor birthday agrees.
    """
    theirs: dict[str, list[Said]] = {}
    near: set[str] = set()
    child = guard.traits
    for person, one in said:
        theirs.setdefault(person, []).append(one)
        if person in near:
            continue
        traits = guard_of("", [one]).traits
        if keys & asking_keys(traits) and not of_the_family(traits, child):
            near.add(person)
    held = {person: theirs[person] for person in sorted(near)}
    return {person: rows for person, rows in held.items() if not _another(rows, guard)}


def _another(rows: Iterable[Said], guard: Guard) -> bool:
    numbers = {row.nhs_number for row in rows if row.nhs_number}
    return bool(numbers and guard.nhs_numbers) and not numbers & set(guard.nhs_numbers)


def entries_near(db: Database, child_number: str) -> dict[str, list[Said]]:
    """The unshielded entries that may be this child; read before the shield's own transaction."""
    child = db.read_one(FIND_CHILD, child_id=child_number)
    if child is None:
        return {}
    guard = guard_of("", [row.said for row in db.read(LIST_GUARDED, persons=[child.person_id])])
    apart = {row.person_id for row in db.read(LIST_PARTED, person_id=child.person_id)}
    every = (
        (person, Said(**said | {"date_of_birth": _day(said["date_of_birth"])}))
        for person, said in db.stream(LIST_UNSHIELDED)
        if person != child.person_id and person not in apart
    )
    return near_entries(every, guard, keys_of(guard.traits))


def _day(value: Any) -> date | None:
    """The driver's date as Python's."""
    return None if value is None else value.to_native()


def confirm_shield(db: Database, *, shield_id: str, decided_by: str, review_on: date) -> None:
    """Nothing: a person has confirmed a shield that a feed proposed. Raises NotFound."""
    _act(db, CONFIRM_SHIELD, "confirm shield", decided_by, shield_id, decided_by=decided_by, review_on=review_on)


def end_shield(db: Database, *, shield_id: str, ended_by: str, on: date) -> None:
    """Nothing: the shield is ended, and kept. Raises NotFound."""
    _act(db, END_SHIELD, "end shield", ended_by, shield_id, ended_by=ended_by, on=on)


def _act(db: Database, query: Query[ShieldId], action: str, actor: str, shield_id: str, **parameters: Any) -> None:
    op_id = secrets.token_hex(16)

    def work(tx: Transaction) -> None:
        if not tx.write(query, shield_id=shield_id, **parameters):
            raise NotFound(f"There is no shield {shield_id} in force. List them with: python -m graph shield list.")
        audit.record_act(tx, actor=actor, action=action, fields=(shield_id,), op_id=op_id)

    db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)


def list_shields(db: Database, limit: int = 1000) -> list[ShieldRow]:
    """Every shield, newest first; never a name."""
    return db.read(LIST_SHIELDS, limit=limit)


def _folded(*names: str | None) -> list[str]:
    return sorted({folded for name in names if name and (folded := fold_whole(name))})


def _given(name: str) -> str:
    return name.partition(", ")[2]
