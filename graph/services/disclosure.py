"""The one way out for personal data: nothing is returned before the audit event that lists it has been committed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from graph.model import clock
from graph.model.audit import GENESIS, AuditEvent
from graph.model.circle import ChildPage, Depth
from graph.model.errors import NotFound, Refused, SignpostError
from graph.model.evidence import SeenChild
from graph.model.intervals import years_before
from graph.model.reasons import Reason, check_case_reference, reason_coded
from graph.model.received import Received, ReceivedRun, Sent
from graph.model.roles import Role
from graph.model.visibility import Viewer
from graph.services import access, audit
from graph.services.circle import Asking, Disclosure, fold_page
from graph.services.handles import child_of, session_key
from graph.store import Database, Query, Transaction

_CHILD_ROLES = [role.value for role in Role if role.sees_children]
_SESSION_ENDED = "Your session has ended. Sign in again."
_NOT_FOR_ROLE = "Your role does not open this. Ask your organisation’s administrator if that is wrong."
_NOT_FOUND = "No child is found at this address. Search for the child again."

Result = TypeVar("Result")


@dataclass(frozen=True)
class User:
    """The user as read under the lock of the disclosure."""

    user_id: str
    name: str
    organisation: str
    role: str
    statutory: bool
    authority: str | None
    practitioner_id: str | None
    service_id: str | None

    @property
    def viewer(self) -> Viewer:
        """What matters of the user when something is asked for."""
        return Viewer(Role(self.role), self.statutory, self.authority)


@dataclass(frozen=True)
class Mark:
    """How far the graph is published: what has been received is read anew when this changes."""

    published: int
    withdrawn: tuple[int, ...]
    runs: int
    latest: str


@dataclass(frozen=True)
class CircleRow:
    """What one query locked, checked and read for a child's page; no child if none may be looked up."""

    user: User
    head: audit.Head
    received: Mark
    child: SeenChild | None


@dataclass(frozen=True)
class Opened:
    """The user as locked and checked, before anything is read for them."""

    user: User
    head: audit.Head
    received: Mark


@dataclass(frozen=True)
class Told(Generic[Result]):
    """What a user is told, and what the audit event says of it."""

    result: Result
    rule: str
    child_refs: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class Denied:
    """Why a user is told nothing: the error goes to the user, the rule and the children into the audit event."""

    error: SignpostError
    rule: str
    child_refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ask:
    """One request to see a child's page."""

    token: str
    handle: str
    reason: Reason
    case_reference: str
    depth: Depth
    today: date
    as_at: date


SHOW_CIRCLE = Query("children/show_circle", CircleRow)
LOCK_USER = Query("access/lock_user", Opened)
LIST_RECEIVED = Query("children/list_received", ReceivedRun)
LIST_SENT = Query("children/list_sent", Sent)


def disclose(
    db: Database,
    token: str,
    action: str,
    work: Callable[[Transaction, Opened], Told[Result] | Denied],
    *,
    roles: frozenset[Role],
    reason: Reason | None = None,
    case_reference: str = "",
) -> Result:
    """What `work` tells a user of one of these roles, once the event that lists it is committed with what it wrote.

    `work` may run more than once. Raises Refused (session ended, wrong role) or what `work` denies with; that is in
    the audit too.
    """
    moment = clock.now()
    event = replace(
        audit.new_event("unknown", action),
        session=access.hash_token(token),
        purpose=None if reason is None else reason.code,
        case_reference=check_case_reference(case_reference) or None,
    )

    def transaction(tx: Transaction) -> Result | SignpostError:
        opened = tx.read_one(LOCK_USER, **_locking(token, event, moment))
        if opened is None:
            return Refused(_SESSION_ENDED)
        said = _by(event, opened.user)
        allowed = opened.user.viewer.role in roles
        found = work(tx, opened) if allowed else Denied(Refused(_NOT_FOR_ROLE), "not for this role")
        if isinstance(found, Denied):
            denied = replace(said, decision="denied", rule=found.rule, child_refs=found.child_refs)
            audit.append_after(tx, denied, opened.head)
            return found.error
        told = replace(
            said,
            rule=found.rule,
            child_refs=found.child_refs,
            fields=found.fields,
            facts=found.facts,
            count=found.count,
        )
        audit.append_after(tx, told, opened.head)
        return found.result

    return _after_commit(db, event, transaction)


def show_child(
    db: Database,
    token: str,
    handle: str,
    *,
    reason: str,
    case_reference: str,
    depth: Depth,
    as_at: date | None = None,
) -> ChildPage:
    """The page of one child for this user; those who have the circle at once get it whatever depth is asked for.

    Raises NotFound (unknown, another session's, not for this role, grown up: all alike) or Refused.
    """
    moment = clock.now()
    today = clock.day_in_england(moment)
    ask = Ask(
        token=token,
        handle=handle,
        reason=reason_coded(reason),
        case_reference=check_case_reference(case_reference),
        depth=depth,
        today=today,
        as_at=min(as_at or today, today),
    )
    event = replace(
        audit.new_event("unknown", f"child.{depth}"),
        session=access.hash_token(token),
        purpose=ask.reason.code,
        case_reference=ask.case_reference or None,
    )

    def work(tx: Transaction) -> ChildPage | SignpostError:
        return _show(db, tx, ask, event, moment)

    return _after_commit(db, event, work)


def _show(db: Database, tx: Transaction, ask: Ask, event: AuditEvent, moment: datetime) -> ChildPage | SignpostError:
    child_id = child_of(ask.token, ask.handle)
    seen = tx.read_one(
        SHOW_CIRCLE,
        **_common(ask.token, event, moment),
        child_id=child_id,
        as_at=ask.as_at,
        kept_from=years_before(ask.as_at, 1),
    )
    if seen is None:
        return Refused(_SESSION_ENDED)
    said = _by(event, seen.user)
    shown = None if seen.child is None else fold_page(seen.child, _asking(db, seen, ask))
    if shown is None:
        denied = replace(said, decision="denied", rule="not found or not for this user")
        refs = () if child_id is None else (child_id,)
        audit.append_after(tx, replace(denied, child_refs=refs), seen.head)
        return NotFound(_NOT_FOUND)
    audit.append_after(tx, _shown_event(said, shown), seen.head)
    return shown.page


def read_child(db: Database, tx: Transaction, ask: Ask) -> tuple[Asking, SeenChild, Disclosure] | None:
    """A child's page within `disclose`, with what it was folded from; None if the child is not there for this user."""
    moment = clock.now()
    seen = tx.read_one(
        SHOW_CIRCLE,
        **_common(ask.token, audit.new_event("unknown", "child.read"), moment),
        child_id=child_of(ask.token, ask.handle),
        as_at=ask.as_at,
        kept_from=years_before(ask.as_at, 1),
    )
    if seen is None or seen.child is None:
        return None
    asking = _asking(db, seen, ask)
    shown = fold_page(seen.child, asking)
    return None if shown is None else (asking, seen.child, shown)


def _asking(db: Database, seen: CircleRow, ask: Ask) -> Asking:
    return Asking(
        viewer=seen.user.viewer,
        practitioner_id=seen.user.practitioner_id,
        service_id=seen.user.service_id,
        name=seen.user.name,
        handle=ask.handle,
        reason=ask.reason.words,
        depth=ask.depth,
        today=ask.today,
        as_at=ask.as_at,
        received=received(db, seen.received),
        card_key=session_key(ask.token, "cards"),
    )


def _shown_event(event: AuditEvent, shown: Disclosure) -> AuditEvent:
    page = shown.page
    return replace(
        event,
        action=f"child.{page.depth}",
        child_refs=(page.child_number,),
        fields=fields_of(page),
        facts=shown.facts,
        count=1,
        rule=shown.rule,
    )


def fields_of(page: ChildPage) -> tuple[str, ...]:
    """Which parts of a child's page hold anything: an audit event lists them."""
    fields = {
        "name": page.name,
        "date_of_birth": page.date_of_birth,
        "sex": page.sex,
        "child_number": page.child_number,
        "authority": page.authority,
        "home": page.home,
        "carers": page.carers,
        "services": page.services,
        "lead": page.lead,
        "sensitive_exists": page.sensitive_exists is not None,
        "notices": page.notices,
    }
    return tuple(sorted(name for name, value in fields.items() if value))


def _common(token: str, event: AuditEvent, moment: datetime) -> dict[str, Any]:
    return _locking(token, event, moment) | {"child_roles": _CHILD_ROLES}


def _locking(token: str, event: AuditEvent, moment: datetime) -> dict[str, Any]:
    return {
        **access.session_times(),
        "token_hash": access.hash_token(token),
        "touch_before": clock.milliseconds(moment - access.ACTIVITY_EVERY),
        "op_id": event.op_id,
        "genesis": GENESIS,
    }


def _by(event: AuditEvent, user: User) -> AuditEvent:
    return replace(event, actor=user.user_id, organisation=user.organisation, role=user.role)


def _after_commit(db: Database, event: AuditEvent, work: Callable[[Transaction], Result | SignpostError]) -> Result:
    """What `work` found, or the refusal that it returned instead of raising, so that its event was committed too."""
    outcome = db.transact(work, op_id=event.op_id, resolve=audit.SHOW_OPERATION)
    if isinstance(outcome, SignpostError):
        raise outcome
    return outcome


# Runs are published a few times a day and read with every page, so each process keeps the last answer.
_KEPT: "WeakKeyDictionary[Database, tuple[Mark, Received]]" = WeakKeyDictionary()
_KEEPING = Lock()


def received(db: Database, mark: Mark) -> Received:
    """What has been received by this mark."""
    with _KEEPING:
        kept = _KEPT.get(db)
    if kept is not None and kept[0] == mark:
        return kept[1]
    asked = {"published": mark.published, "withdrawn": list(mark.withdrawn)}
    found = Received(db.read(LIST_RECEIVED, **asked), db.read(LIST_SENT, **asked))
    with _KEEPING:
        _KEPT[db] = (mark, found)
    return found
