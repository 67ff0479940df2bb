"""Asking the team of the child's authority to make contact with a service that is not listed, and what comes back."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from graph.model import clock
from graph.model.brokering import (
    Answer,
    AskingLine,
    AskingList,
    AskingPage,
    Outcome,
    answer_for,
    check_contact,
    due_after,
    outcome_coded,
)
from graph.model.errors import Conflict, NotFound
from graph.model.paging import page_of
from graph.model.reasons import reason_coded
from graph.model.roles import Role
from graph.services import secret_box
from graph.services.disclosure import NOT_FOUND, Denied, Opened, Told, disclose
from graph.services.handles import child_of
from graph.services.requests import Key, Number, disclosed, owner_of
from graph.services.several import list_rows
from graph.services.statements import Asked
from graph.store import Database, Query, Transaction

PAGE = 20
ASKERS = frozenset(role for role in Role if role.sees_children)
TEAM = frozenset({Role.DATA_MANAGER})
_SAME = "You have asked the team about this child already. Open Team requests to see whether it has been dealt with."
_NO_ASKING = "There is no such request, or it is another authority’s. Open the list of team requests again."
_DONE = "This request has been dealt with already. Open the list of team requests again."

Result = TypeVar("Result")


@dataclass(frozen=True)
class AskingRow:
    """One question as the graph holds it."""

    asking_id: str
    child_id: str
    authority: str
    reason: str
    asked_by: str
    asker: str | None
    organisation: str | None
    asked_on: date
    due_on: date
    outcome: str | None
    contact: bytes | None


LIST_QUEUE = Query("brokering/list_queue", AskingRow)
LIST_ASKED = Query("brokering/list_asked", AskingRow)
COUNT_QUEUE = Query("brokering/count_queue", Number)
COUNT_ASKED = Query("brokering/count_asked", Number)
LOCK_ASKING = Query("brokering/lock_asking", AskingRow)
FIND_OPEN = Query("brokering/find_open", Key)
RECORD_ASKING = Query("brokering/record_asking", Key)
SAVE_OUTCOME = Query("brokering/save_outcome", Key)


def show_child_asked(db: Database, asked: Asked) -> str:
    """The name of the child about whom the team may be asked. NotFound if the child is not there for this user."""

    def work(tx: Transaction, opened: Opened) -> Told[str] | Denied:
        found = _child(tx, opened, asked)
        if isinstance(found, Denied):
            return found
        name, child_id, _ = found
        return Told(name, "child to ask about", (child_id,), ("name",), count=1)

    return disclosed(db, asked, "team.line", work)


def ask(db: Database, asked: Asked) -> date:
    """By when the team answers. The question and the answer are the same whatever is recorded of the child.

    Raises Conflict if the user has asked already, NotFound as the child's page does.
    """
    asking_id = secrets.token_hex(12)

    def work(tx: Transaction, opened: Opened) -> Told[date] | Denied:
        found = _child(tx, opened, asked)
        if isinstance(found, Denied):
            return found
        _, child_id, owner = found
        user, moment = opened.user, clock.now()
        today = clock.day_in_england(moment)
        if tx.read_one(FIND_OPEN, user_id=user.user_id, child_id=child_id, today=today) is not None:
            return Denied(Conflict(_SAME), "team: asked already", (child_id,))
        due = due_after(today)
        tx.write(
            RECORD_ASKING,
            properties={
                "asking_id": asking_id,
                "child_id": child_id,
                "authority": owner or user.authority or "unknown",
                "reason": asked.reason,
                "asked_by": user.user_id,
                "asked_on": today,
                "asked_at": clock.milliseconds(moment),
                "due_on": due,
            },
        )
        return Told(due, "asked", (child_id,), (f"asking:{asking_id}",), count=1)

    return disclosed(db, asked, "team.ask", work)


def list_asked(db: Database, token: str, *, page: int = 1) -> AskingList:
    """One page of what the user has asked, the newest first, each with what the asker may learn of its end."""

    def work(tx: Transaction, opened: Opened) -> Told[AskingList] | Denied:
        user = opened.user.user_id
        count = tx.read(COUNT_ASKED, user_id=user)[0].number
        at, pages = page_of(page, count, PAGE)
        rows = tx.read(LIST_ASKED, user_id=user, skip=(at - 1) * PAGE, limit=PAGE)
        return _listed(tx, token, opened, rows, AskingList((), at, pages, count))

    return disclose(db, token, "team.asked", work, roles=ASKERS)


def list_queue(db: Database, token: str, *, settled: bool = False, page: int = 1) -> AskingList:
    """One page of the questions that the user's authority owns: the first due first."""

    def work(tx: Transaction, opened: Opened) -> Told[AskingList] | Denied:
        authority = opened.user.authority or ""
        count = tx.read(COUNT_QUEUE, authority=authority, settled=settled)[0].number
        at, pages = page_of(page, count, PAGE)
        rows = tx.read(LIST_QUEUE, authority=authority, settled=settled, skip=(at - 1) * PAGE, limit=PAGE)
        return _listed(tx, token, opened, rows, AskingList((), at, pages, count), team=True)

    return disclose(db, token, "team.queue", work, roles=TEAM)


def show_asking(db: Database, token: str, asking_id: str) -> AskingPage:
    """One question of the user's authority, with who asked. NotFound if it is not theirs."""

    def work(tx: Transaction, opened: Opened, row: AskingRow) -> Told[AskingPage] | Denied:
        listed = _listed(tx, token, opened, [row], AskingList((), 1, 1, 1), team=True)
        page = AskingPage(listed.result.lines[0], row.asker or "Not known", row.organisation or "")
        return Told(page, "team request", listed.child_refs, (*listed.fields, f"asking:{asking_id}"), count=1)

    return _at_asking(db, token, asking_id, "team.open", work)


def settle(db: Database, token: str, asking_id: str, outcome: str, contact: str) -> None:
    """Nothing; the team has dealt with the question so.

    Raises Refused (not on the list, no telephone number), Conflict (dealt with already), NotFound.
    """
    how = outcome_coded(outcome)
    number = check_contact(contact, how)

    def work(tx: Transaction, opened: Opened, row: AskingRow) -> Told[None] | Denied:
        if row.outcome is not None:
            return Denied(Conflict(_DONE), "team: dealt with already", (row.child_id,))
        tx.write(
            SAVE_OUTCOME,
            asking_id=asking_id,
            outcome=how.value,
            contact=None if number is None else secret_box.seal(number.encode(), about=asking_id),
            user_id=opened.user.user_id,
            at=clock.milliseconds(clock.now()),
        )
        return Told(None, "dealt with", (row.child_id,), (f"asking:{asking_id}", f"outcome:{how}"), count=1)

    _at_asking(db, token, asking_id, "team.settle", work)


def _child(tx: Transaction, opened: Opened, asked: Asked) -> tuple[str, str, str | None] | Denied:
    """The child's name and number, and the authority that is responsible."""
    child_id, today = child_of(asked.token, asked.handle), clock.day_in_england(clock.now())
    refs = () if child_id is None else (child_id,)
    child, row = list_rows(tx, asked.token, opened, refs, today=today).get(child_id or "", (None, None))
    if child is None or row is None:
        return Denied(NotFound(NOT_FOUND), "not found or not for this user", refs)
    return row.name, child.child_id, owner_of(child, today)


def _listed(
    tx: Transaction,
    token: str,
    opened: Opened,
    rows: Sequence[AskingRow],
    page: AskingList,
    *,
    team: bool = False,
) -> Told[AskingList]:
    today = clock.day_in_england(clock.now())
    seen = list_rows(tx, token, opened, sorted({row.child_id for row in rows}), today=today)
    lines = []
    for row in rows:
        _, shown = seen.get(row.child_id, (None, None))
        outcome = Outcome(row.outcome) if row.outcome else None
        answer = answer_for(outcome, _number(row), row.due_on, today) if not team else Answer(outcome is not None)
        lines.append(
            AskingLine(
                asking_id=row.asking_id,
                name=shown.name if shown else None,
                handle=shown.handle if shown else None,
                reason=reason_coded(row.reason).words,
                asked_on=row.asked_on,
                due_on=row.due_on,
                overdue=team and outcome is None and row.due_on < today,
                answer=answer,
                outcome=outcome if team else None,
            )
        )
    refs = tuple(dict.fromkeys(row.child_id for row, line in zip(rows, lines, strict=True) if line.name))
    result = AskingList(tuple(lines), page.page, page.pages, page.count)
    return Told(result, "team requests", refs, ("name",) if refs else (), count=len(lines))


def _number(row: AskingRow) -> str | None:
    return None if row.contact is None else secret_box.unseal(row.contact, about=row.asking_id).decode()


def _at_asking(
    db: Database,
    token: str,
    asking_id: str,
    action: str,
    work: Callable[[Transaction, Opened, AskingRow], Told[Result] | Denied],
) -> Result:
    op_id = secrets.token_hex(16)

    def disclosed(tx: Transaction, opened: Opened) -> Told[Result] | Denied:
        row = tx.read_one(LOCK_ASKING, asking_id=asking_id, op_id=op_id)
        if row is None or row.authority != opened.user.authority:
            return Denied(NotFound(_NO_ASKING), "team: not found or not this authority’s")
        return work(tx, opened, row)

    return disclose(db, token, action, disclosed, roles=TEAM)
