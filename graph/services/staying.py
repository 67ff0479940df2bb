"""Consent to stay after the 18th birthday: recorded by those who look after shields of the area, withdrawn any time."""

import secrets
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from graph.model import clock
from graph.model.errors import Conflict, Refused
from graph.model.statements import RUN, SOURCE
from graph.model.staying import Category, Stay, StayPage, category_coded, check_consent, may_record
from graph.model.visibility import grown_up_on
from graph.services import circle
from graph.services.disclosure import Denied, Told
from graph.services.requests import Key
from graph.services.shielding import Desk, at_child
from graph.store import Database, Query

_THERE = "Consent to stay is recorded already. Withdraw it first, if it is to be recorded anew."
_NONE = "No consent to stay is recorded. Open the child’s page again."


@dataclass(frozen=True)
class StayRow:
    """One consent as the graph holds it."""

    category: str
    consented_on: date
    until: date
    by: str | None


RECORD_STAY = Query("staying/record_stay", Key)
LIST_STAYS = Query("staying/list_stays", StayRow)
RETIRE_STAYS = Query("staying/retire_stays", Key)


def show_stay(db: Database, token: str, handle: str) -> StayPage:
    """What is recorded of consent to stay. NotFound if the child is not of the user's authority."""

    def work(desk: Desk) -> Told[StayPage]:
        row = _counts(desk)
        born = circle.born(desk.child)
        page = StayPage(
            handle=handle,
            name=desk.name,
            turns_18_on=None if born is None else grown_up_on(born),
            stay=None
            if row is None
            else Stay(Category(row.category), row.consented_on, row.until, row.by or "Not known"),
            may_record=may_record(born, desk.today),
        )
        return Told(page, "consent to stay", (desk.child_id,), ("consent to stay", "name"), count=1)

    return at_child(db, token, handle, "stay.open", work)


def record(db: Database, token: str, handle: str, *, category: str, consented_on: date) -> None:
    """Nothing; the young person stays to the 25th birthday at the latest. Raises Refused, Conflict or NotFound."""
    why, key = category_coded(category), "stay/" + secrets.token_hex(8)

    def work(desk: Desk) -> Told[None] | Denied:
        try:
            until = check_consent(circle.born(desk.child), consented_on, desk.today)
        except Refused as error:
            return Denied(error, "stay: not of an age or a date", (desk.child_id,))
        if _counts(desk) is not None:
            return Denied(Conflict(_THERE), "stay: recorded already", (desk.child_id,))
        name = sha256(f"{SOURCE}|{desk.organisation}|{key}".encode()).hexdigest()[:32]
        desk.tx.write(
            RECORD_STAY,
            child_id=desk.child_id,
            # A statement (decision 11): no load reads, ends or undoes it, and it moves with the records of its person.
            record={
                "record": name,
                "record_version": f"{name}/1",
                "version": 1,
                "source": SOURCE,
                "supplier": desk.organisation,
                "key": key,
                "subject": "child",
                "run": RUN,
                "stays_as": why.value,
                "stays_until": until,
                "consent_given_on": consented_on,
                "said_on": desk.today,
                "said_at": clock.milliseconds(clock.now()),
                "said_by": desk.keeper.user_id,
            },
            identifies={"method": "own_statement", "by": desk.keeper.user_id, "run": RUN},
        )
        return Told(None, "recorded", (desk.child_id,), (f"stay:{why}", f"until:{until}"), count=1)

    at_child(db, token, handle, "stay.record", work)


def withdraw(db: Database, token: str, handle: str) -> None:
    """Nothing; the consent counts no more. After the 18th birthday the page is closed with this."""

    def work(desk: Desk) -> Told[None] | Denied:
        now = clock.milliseconds(clock.now())
        if not desk.tx.write(RETIRE_STAYS, child_id=desk.child_id, unsaid_at=now):
            return Denied(Conflict(_NONE), "stay: none recorded", (desk.child_id,))
        return Told(None, "withdrawn", (desk.child_id,), ("stay:withdrawn",), count=1)

    at_child(db, token, handle, "stay.withdraw", work)


def _counts(desk: Desk) -> StayRow | None:
    rows = desk.tx.read(LIST_STAYS, child_id=desk.child_id)
    return rows[0] if rows else None
