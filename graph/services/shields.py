"""Shields: a child whose whereabouts must not become known. A shield outlives every run and is never lost."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from types import NoneType
from typing import Any

from graph.model.errors import NotFound, Refused
from graph.model.names import fold_whole
from graph.services import audit
from graph.store import Database, Query, Transaction


class Ground(StrEnum):
    """Why a child is shielded. A closed list: nothing about the child is written down."""

    DOMESTIC_ABUSE = "domestic_abuse"
    ADOPTION = "adoption"
    PROTECTED_PERSON = "protected_person"
    SIGNIFICANT_HARM = "significant_harm"
    RESTRICTED_BY_NHS = "restricted_by_nhs"  # proposed by `R` in a PDS record


@dataclass(frozen=True)
class Guard:
    """What one shield guards: every name (folded), date of birth, postcode and number known of the child."""

    shield_id: str
    forenames: list[str]
    family_names: list[str]
    dates_of_birth: list[date]
    postcodes: list[str]
    nhs_numbers: list[str]
    upns: list[str]
    person_id: str | None


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
    nhs_number: str | None
    upn: str | None


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


@dataclass(frozen=True)
class PersonId:
    """A person's id."""

    person_id: str


@dataclass(frozen=True)
class ShieldId:
    """A shield's id."""

    shield_id: str


LIST_GUARDS = Query("shields/list_guards", Guard)
SHOW_GUARDED = Query("shields/show_guarded", Said)
SAVE_SHIELD = Query("shields/save_shield", NoneType)
ATTACH_SHIELDS = Query("shields/attach_shields", NoneType)
FIND_CHILD = Query("shields/find_child", PersonId)
LIST_SHIELDS = Query("shields/list_shields", ShieldRow)
CONFIRM_SHIELD = Query("shields/confirm_shield", ShieldId)
END_SHIELD = Query("shields/end_shield", ShieldId)


def list_guards(db: Database) -> list[Guard]:
    """What each shield in force guards."""
    return db.read(LIST_GUARDS)


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
        nhs_numbers=sorted({row.nhs_number for row in rows if row.nhs_number}),
        upns=sorted({row.upn for row in rows if row.upn}),
        person_id=person_id,
    )


def new_shield_id() -> str:
    """A shield's number, random and never used again."""
    return "S" + secrets.token_hex(6).upper()


def properties_of(guard: Guard, *, ground: Ground, state: str, starts: date, **more: Any) -> dict[str, Any]:
    """A shield's properties as the graph keeps them."""
    kept = {field.name: getattr(guard, field.name) for field in fields(guard) if field.name != "person_id"}
    return kept | {"ground": ground.value, "state": state, "from": starts} | more


def add_shield(
    db: Database, *, child_number: str, ground: Ground, review_on: date, decided_by: str, today: date
) -> str:
    """The number of the new shield, in force at once. Raises NotFound (child) or Refused (review date)."""
    if review_on <= today:
        raise Refused(f"The review date {review_on} is not in the future. A shield is reviewed within six months.")
    shield_id, op_id = new_shield_id(), secrets.token_hex(16)

    def work(tx: Transaction) -> str:
        child = tx.read_one(FIND_CHILD, child_id=child_number)
        if child is None:
            raise NotFound(f"There is no child with the number {child_number}.")
        guard = guard_of(shield_id, tx.read(SHOW_GUARDED, person_id=child.person_id))
        properties = properties_of(
            guard, ground=ground, state="confirmed", starts=today, decided_by=decided_by, review_on=review_on
        )
        tx.write(SAVE_SHIELD, shield_id=shield_id, person_id=child.person_id, properties=properties)
        audit.record_act(
            tx, actor=decided_by, action="shield child", child_refs=(child_number,), fields=(ground.value,), op_id=op_id
        )
        return shield_id

    return db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)


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
