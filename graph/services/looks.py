"""Who looked: at a child, or by a user. Every such list is a disclosure, and so is in the audit itself."""

import json
import re
import secrets
from dataclasses import dataclass, replace

from graph.model import clock
from graph.model.circle import Act, Depth
from graph.model.errors import NotFound, Refused
from graph.model.filter import Filter
from graph.model.looks import Looker, LookEvent, LookPage, Reader, lines_for
from graph.model.reasons import reason_coded
from graph.model.roles import Role
from graph.model.visibility import Viewer, may_see_who_looked
from graph.services import audit
from graph.services.circle import relation_of
from graph.services.disclosure import NOT_FOUND, Ask, Denied, Opened, Told, disclose, read_child
from graph.services.handles import child_of
from graph.services.statements import Asked
from graph.store import Database, Query, Transaction

# One more is read, to say that there are older ones.
MOST = 500
LEADS = frozenset({Role.SAFEGUARDING_LEAD, Role.DATA_MANAGER})
AUDITORS = frozenset({Role.AUDITOR})
EVERYBODY = frozenset(Role)
_NUMBER = re.compile(r"[0-9A-Za-z]{1,11}", re.ASCII)
_NOT_YOURS = "Only leads and data managers of the child’s own area see who looked. Ask its directory team."
_NO_SHEET = (
    "This record is shielded. Nothing of it is printed. Ask the directory team’s manager what the family is told."
)
_NO_NUMBER = "A child’s number has up to 11 letters and digits. It is on the child’s page, and in the audit."
_NO_USER = "There is no account of that username. It has small letters, digits, dots and hyphens."


@dataclass(frozen=True)
class EventRow:
    """One event as it is listed."""

    at: int
    actor: str
    action: str
    decision: str
    child_refs: tuple[str, ...]
    content: bytes


@dataclass(frozen=True)
class FoundUser:
    """An account."""

    user_id: str
    name: str


LIST_LOOKS_AT = Query("audit/list_looks_at", EventRow)
LIST_ACTS_OF = Query("audit/list_acts_of", EventRow)
LIST_LOOKERS = Query("audit/list_lookers", Looker)
FIND_USER = Query("audit/find_user", FoundUser)


def list_of_child(db: Database, asked: Asked, *, for_family: bool = False) -> LookPage:
    """Who looked at the child of this page, for leads and data managers of its area; or the sheet for its family.

    Raises NotFound or Refused as a child's page does; Refused also where a shielded child's sheet is asked for.
    """
    ask = ask_of(asked)

    def work(tx: Transaction, opened: Opened) -> Told[LookPage] | Denied:
        child_id = child_of(asked.token, asked.handle)
        refs = () if child_id is None else (child_id,)
        read = read_child(db, tx, ask)
        if read is None:
            return Denied(NotFound(NOT_FOUND), "not found or not for this user", refs)
        asking, child, shown = read
        relation = relation_of(child, asking)
        if not may_see_who_looked(opened.user.viewer, relation, shielded=child.shielded):
            return Denied(Refused(_NOT_YOURS), "who looked: not of this area", refs)
        if for_family and child.shielded:
            return Denied(Refused(_NO_SHEET), "who looked: shielded", refs)
        reader = Reader.FAMILY if for_family else _reader(opened.user.viewer)
        page = _page(tx, reader, shown.page.name, _at(tx, child.child_id))
        return Told(page, f"who looked: {reader}", refs, ("name", "users"), count=len(page.lines))

    action = "child.looks_sheet" if for_family else "child.looks"
    reference = asked.case_reference
    return disclose(db, asked.token, action, work, roles=LEADS, reason=ask.reason, case_reference=reference)


def ask_of(asked: Asked) -> Ask:
    """The child's page of today as it is read beside something else. Refused if its reason is not on the list."""
    moment = clock.now()
    today = clock.day_in_england(moment)
    return Ask(
        token=asked.token,
        handle=asked.handle,
        reason=reason_coded(asked.reason),
        case_reference=asked.case_reference,
        depth=Depth.SIGNPOST,
        at=moment,
        today=today,
        chosen=Filter(today),
        act=Act.PAGE,
    )


def family_page(tx: Transaction, name: str, child_id: str) -> LookPage:
    """Who looked at a child, as its family may be told, within a disclosure."""
    return _page(tx, Reader.FAMILY, name, _at(tx, child_id))


def list_of_number(db: Database, token: str, number: str) -> LookPage:
    """Who looked at the child of this number, for auditors: users and their reasons, of the child its number only."""

    def work(tx: Transaction, _opened: Opened) -> Told[LookPage] | Denied:
        child_id = number.strip().upper()
        if not _NUMBER.fullmatch(child_id):
            return Denied(NotFound(_NO_NUMBER), "no such number")
        page = _alone(_page(tx, Reader.AUDITOR, child_id, _at(tx, child_id)))
        return Told(page, "audit of a child", (child_id,), ("users",), count=len(page.lines))

    return disclose(db, token, "audit.child", work, roles=AUDITORS)


def list_of_user(db: Database, token: str, username: str) -> LookPage:
    """What a user did, for auditors. NotFound if there is no such account."""

    def work(tx: Transaction, _opened: Opened) -> Told[LookPage] | Denied:
        found = tx.read_one(FIND_USER, username=username.strip().casefold())
        if found is None:
            return Denied(NotFound(_NO_USER), "no such account")
        page = _page(tx, Reader.AUDITOR, found.name, tx.read(LIST_ACTS_OF, user_id=found.user_id))
        return Told(page, "audit of a user", _children(page), (f"user:{found.user_id}",), count=len(page.lines))

    return disclose(db, token, "audit.user", work, roles=AUDITORS)


def list_own(db: Database, token: str) -> LookPage:
    """What the user did: how many children each time, never which, since some may not be shown any more."""

    def work(tx: Transaction, opened: Opened) -> Told[LookPage] | Denied:
        page = _page(tx, Reader.ONESELF, opened.user.name, tx.read(LIST_ACTS_OF, user_id=opened.user.user_id))
        return Told(page, "own acts", fields=("acts",), count=len(page.lines))

    return disclose(db, token, "audit.own", work, roles=EVERYBODY)


def list_at_command_line(db: Database, *, child: str | None = None, username: str | None = None) -> LookPage:
    """The same for who runs this machine, as auditors have it; that it was asked for is in the audit."""
    op_id = secrets.token_hex(16)

    def work(tx: Transaction) -> LookPage:
        if child is not None:
            page = _alone(_page(tx, Reader.AUDITOR, child, _at(tx, child)))
            refs: tuple[str, ...] = (child,)
            fields: tuple[str, ...] = ("users",)
        else:
            found = tx.read_one(FIND_USER, username=username)
            if found is None:
                raise NotFound(_NO_USER)
            page = _page(tx, Reader.AUDITOR, found.name, tx.read(LIST_ACTS_OF, user_id=found.user_id))
            refs, fields = _children(page), (f"user:{found.user_id}",)
        action, count = "audit.user" if child is None else "audit.child", len(page.lines)
        actor = audit.command_line_actor()
        audit.record_act(tx, actor=actor, action=action, child_refs=refs, fields=fields, count=count, op_id=op_id)
        return page

    if child is not None and not _NUMBER.fullmatch(child):
        raise NotFound(_NO_NUMBER)
    return db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)


def _reader(viewer: Viewer) -> Reader:
    if viewer.role is Role.DATA_MANAGER:
        return Reader.MANAGER
    return Reader.STATUTORY_LEAD if viewer.statutory else Reader.LEAD


def _at(tx: Transaction, child_id: str) -> list[EventRow]:
    return tx.read(LIST_LOOKS_AT, words=f'"{child_id}"', child_id=child_id)


def _page(tx: Transaction, reader: Reader, of: str, rows: list[EventRow]) -> LookPage:
    actors = sorted({row.actor for row in rows})
    lines = lines_for(reader, [_event(row) for row in rows[:MOST]], tx.read(LIST_LOOKERS, users=actors))
    return LookPage(of, lines, len(rows) > MOST)


def _alone(page: LookPage) -> LookPage:
    """The page without the numbers of the other children that stood in the same lists."""
    return replace(page, lines=tuple(replace(line, children=()) for line in page.lines))


def _event(row: EventRow) -> LookEvent:
    said = json.loads(row.content)
    return LookEvent(
        at=clock.moment_of(row.at),
        actor=row.actor,
        action=row.action,
        decision=row.decision,
        role=said.get("role"),
        organisation=said.get("organisation"),
        purpose=said.get("purpose"),
        case_reference=said.get("case_reference"),
        children=row.child_refs,
    )


def _children(page: LookPage) -> tuple[str, ...]:
    return tuple(sorted({child for line in page.lines for child in line.children}))
