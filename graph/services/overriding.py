"""Overriding a shield: by few, with a fresh code and a ground, for one child and one visit; a lead looks into each."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from graph.model import clock
from graph.model.circle import ChildRow, Depth
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.reasons import reason_coded
from graph.model.roles import Role
from graph.model.shielding import (
    KEEPERS,
    OVERRIDE_FOR,
    Finding,
    Keeper,
    OverrideLine,
    Right,
    check_words,
    finding_coded,
    may_investigate,
    next_working_day,
    why_not_override,
)
from graph.services import access, audit, circle, fresh, secret_box
from graph.services.access import Session, UserId
from graph.services.disclosure import NOT_FOUND, Denied, Opened, Told, disclose
from graph.services.handles import child_of
from graph.services.requests import Key, owner_of
from graph.services.several import asking_of, list_children, list_rows
from graph.services.statements import Asked
from graph.store import Database, Query, Transaction

_ROLES = frozenset(role for role in Role if role.sees_children)
_NOT_SHIELDED = "No shield hides this record from you. Go back to the child’s page."
_FAMILY = "You have the name of one of this child’s carers. Nobody overrides the shield of their own family."
_NO_OVERRIDE = "There is no such override, or it is another authority’s. Open the list of shields again."
_OWN = "You overrode this shield yourself, or are no lead here. Ask another safeguarding lead to look into it."
_FOUND = "This has been looked into already. Open the list of shields again."

Result = TypeVar("Result")


@dataclass(frozen=True)
class RightRow:
    """What the graph holds of a user's right."""

    held: bool
    unanswered: tuple[date, ...]


@dataclass(frozen=True)
class ChildId:
    """The number of a child."""

    child_id: str


@dataclass(frozen=True)
class OverrideRow:
    """One override as the graph holds it."""

    override_id: str
    child_id: str
    authority: str
    user_id: str
    name: str | None
    organisation: str | None
    words: bytes
    at: int
    due_on: date
    owner_id: str | None
    owner: str | None
    finding: str | None


@dataclass(frozen=True)
class NoticeRow:
    """A notice: what it is about, and when it happened. It names nobody."""

    about: str
    at: int

    @property
    def moment(self) -> datetime:
        """When it happened."""
        return clock.moment_of(self.at)


SHOW_RIGHT = Query("overriding/show_right", RightRow)
SAVE_RIGHT = Query("overriding/save_right", UserId)
RECORD_OVERRIDE = Query("overriding/record_override", Key)
RETIRE_OVERRIDE = Query("overriding/retire_override", ChildId)
LIST_OWNERS = Query("overriding/list_owners", Key)
LIST_OPEN = Query("overriding/list_open", OverrideRow)
LOCK_OVERRIDE = Query("overriding/lock_override", OverrideRow)
SAVE_OWNER = Query("overriding/save_owner", Key)
SAVE_FINDING = Query("overriding/save_finding", Key)
LIST_NOTICES = Query("overriding/list_notices", NoticeRow)


def give_right(db: Database, *, username: str, held: bool, by: str) -> None:
    """Nothing; the account holds the right to override a shield, or no more.

    Raises NotFound (no such account) or Refused (a role that never sees a child).
    """
    op_id = secrets.token_hex(16)

    def work(tx: Transaction) -> None:
        account = tx.read_one(
            access.LOCK_ACCOUNT, username=username, op_id=op_id, today=clock.day_in_england(clock.now())
        )
        if account is None:
            raise NotFound(f"There is no account {username}. List them with: python -m graph user list.")
        if held and not Role(account.role).sees_children:
            raise Refused(f"{username} has a role that never sees a child. Only who looks up children may override.")
        tx.write(SAVE_RIGHT, username=username, held=held)
        action = "user.override.give" if held else "user.override.take"
        audit.record_act(tx, actor=by, action=action, fields=(f"user:{account.user_id}",), op_id=op_id)

    db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)


def begin(db: Database, asked: Asked, *, code: str, words: str) -> None:
    """Nothing; this session sees this child in full for this visit, at most 60 minutes, and its leads are told.

    Raises Refused (no right, suspended, wrong code, family, not shielded) or NotFound. A code opens once.
    """
    said, override_id, notice_id = check_words(words), secrets.token_hex(12), secrets.token_hex(12)
    child_id = child_of(asked.token, asked.handle)

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        moment, refs = clock.now(), () if child_id is None else (child_id,)
        today, user = clock.day_in_england(moment), opened.user
        right = tx.read_one(SHOW_RIGHT, user_id=user.user_id)
        why = why_not_override(
            Right(user.viewer.role, right is not None and right.held, right.unanswered if right else ()), today
        )
        if why is not None:
            return Denied(Refused(why), "override: no right", refs)
        mark = opened.received
        rows = list_children(
            tx, [child_id] if child_id else [], published=mark.published, withdrawn=mark.withdrawn, today=today
        )
        child = rows[child_id].now if child_id in rows else None
        asking = asking_of(db, asked.token, opened, today=today, depth=Depth.SIGNPOST)
        shown = None if child is None else circle.fold_page(child, asking)
        if child is None or shown is None:
            return Denied(NotFound(NOT_FOUND), "not found or not for this user", refs)
        if circle.is_family(child, user.name):
            return Denied(Refused(_FAMILY), "override: family", refs)
        if shown.rule != circle.SHIELDED_RULE:
            return Denied(Refused(_NOT_SHIELDED), "override: nothing is hidden", refs)
        if not fresh.spend_code(tx, asked.token, user.user_id, code):
            return Denied(Refused(fresh.WRONG_CODE), "override: wrong code", refs)
        authority = owner_of(child, today) or user.authority or "unknown"
        owner = tx.read_one(LIST_OWNERS, authority=authority, user_id=user.user_id)
        tx.write(
            RECORD_OVERRIDE,
            notice_id=notice_id,
            properties={
                "override_id": override_id,
                "child_id": child.child_id,
                "authority": authority,
                "owner": owner.key if owner else None,
                "user_id": user.user_id,
                "session": access.hash_token(asked.token),
                "words": secret_box.seal(said.encode(), about=override_id),
                "at": clock.milliseconds(moment),
                "until": clock.milliseconds(moment + OVERRIDE_FOR),
                "due_on": next_working_day(today),
            },
        )
        return Told(None, "override begun", refs, (f"override:{override_id}", f"notice:{notice_id}"), count=1)

    return disclose(
        db,
        asked.token,
        "shield.override",
        work,
        roles=_ROLES,
        reason=reason_coded(asked.reason),
        case_reference=asked.case_reference,
    )


def leave(db: Database, token: str) -> None:
    """Nothing; whatever shield this session had overridden hides again."""

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        now = clock.milliseconds(clock.now())
        left = tx.write(RETIRE_OVERRIDE, user_id=opened.user.user_id, session=access.hash_token(token), now=now)
        return Told(None, "record left", tuple(dict.fromkeys(row.child_id for row in left)), count=len(left))

    disclose(db, token, "shield.override.leave", work, roles=_ROLES)


def list_notices(db: Database, session: Session | None) -> list[NoticeRow]:
    """What a lead is told on the first page, the newest first; nothing for anybody else. It names nobody."""
    if session is None or session.role is not Role.SAFEGUARDING_LEAD or session.authority is None:
        return []
    return db.read(LIST_NOTICES, authority=session.authority)


def list_open(tx: Transaction, authority: str) -> list[OverrideRow]:
    """The overrides of an authority that nobody has finished looking into."""
    return tx.read(LIST_OPEN, authority=authority)


def line_of(row: OverrideRow, child: ChildRow | None, user_id: str, today: date) -> OverrideLine:
    """One override as a line of the list, without its ground."""
    return OverrideLine(
        override_id=row.override_id,
        name=child.name if child else None,
        handle=child.handle if child else None,
        by=row.name or "Not known",
        organisation=row.organisation or "",
        at=clock.moment_of(row.at),
        due_on=row.due_on,
        overdue=row.due_on < today and row.finding is None,
        owner=row.owner,
        mine=row.user_id == user_id,
        finding=Finding(row.finding) if row.finding else None,
    )


def show_override(db: Database, token: str, override_id: str) -> OverrideLine:
    """One override with its ground. NotFound if it is another authority's, Refused to who overrode."""

    def work(tx: Transaction, opened: Opened, row: OverrideRow) -> Told[OverrideLine] | Denied:
        today = clock.day_in_england(clock.now())
        _, shown = list_rows(tx, token, opened, [row.child_id], today=today).get(row.child_id, (None, None))
        line = line_of(row, shown, opened.user.user_id, today)
        words = secret_box.unseal(row.words, about=row.override_id).decode()
        made = OverrideLine(**(vars(line) | {"ground": words}))
        return Told(made, "override", (row.child_id,), ("name", f"override:{override_id}"), count=1)

    return _at_override(db, token, override_id, "override.open", work)


def take(db: Database, token: str, override_id: str) -> None:
    """Nothing; the user owns the investigation from now on. Conflict if it is finished."""

    def work(tx: Transaction, opened: Opened, row: OverrideRow) -> Told[None] | Denied:
        if row.finding is not None:
            return Denied(Conflict(_FOUND), "override: looked into already", (row.child_id,))
        tx.write(SAVE_OWNER, override_id=override_id, user_id=opened.user.user_id)
        return Told(None, "taken", (row.child_id,), (f"override:{override_id}",), count=1)

    _at_override(db, token, override_id, "override.take", work)


def settle(db: Database, token: str, override_id: str, finding: str) -> None:
    """Nothing; the investigation has ended so. Conflict if it is finished, Refused off the list."""
    found = finding_coded(finding)

    def work(tx: Transaction, opened: Opened, row: OverrideRow) -> Told[None] | Denied:
        if row.finding is not None:
            return Denied(Conflict(_FOUND), "override: looked into already", (row.child_id,))
        tx.write(
            SAVE_FINDING,
            override_id=override_id,
            finding=found.value,
            user_id=opened.user.user_id,
            at=clock.milliseconds(clock.now()),
            takes_right=found.takes_right,
        )
        return Told(None, "looked into", (row.child_id,), (f"override:{override_id}", f"finding:{found}"), count=1)

    _at_override(db, token, override_id, "override.settle", work)


def _at_override(
    db: Database,
    token: str,
    override_id: str,
    action: str,
    work: Callable[[Transaction, Opened, OverrideRow], Told[Result] | Denied],
) -> Result:
    op_id = secrets.token_hex(16)

    def disclosed(tx: Transaction, opened: Opened) -> Told[Result] | Denied:
        row = tx.read_one(LOCK_OVERRIDE, override_id=override_id, op_id=op_id)
        user = opened.user
        if row is None or row.authority != user.authority:
            return Denied(NotFound(_NO_OVERRIDE), "override: not found or not this authority’s")
        if not may_investigate(Keeper(user.user_id, user.viewer.role, user.authority), row.authority, row.user_id):
            return Denied(Refused(_OWN), "override: own, or no lead", (row.child_id,))
        return work(tx, opened, row)

    return disclose(db, token, action, disclosed, roles=KEEPERS)
