"""The one way out for personal data: nothing is returned before the audit event that lists it has been committed."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from threading import Lock
from types import NoneType
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from graph.model import clock, pace
from graph.model.audit import GENESIS, AuditEvent
from graph.model.circle import Act, ChildPage, Depth, Occasion
from graph.model.errors import NotFound, ProgrammeError, Refused, SignpostError, Unproven
from graph.model.evidence import Line, SeenChild
from graph.model.filter import Filter
from graph.model.look import Look, day_begins, first_look, is_worth_keeping
from graph.model.pace import Limit, Taken
from graph.model.reasons import Reason, check_case_reference, reason_coded
from graph.model.received import Received, ReceivedRun, Sent
from graph.model.roles import Role
from graph.model.visibility import Viewer
from graph.services import access, audit
from graph.services.circle import SHIELDED_RULE, Asking, Disclosure, fold_page
from graph.services.handles import child_of, session_key
from graph.store import Database, Query, Transaction

_CHILD_ROLES = [role.value for role in Role if role.sees_children]
_SESSION_ENDED = "Your session has ended. Sign in again."
_NOT_FOR_ROLE = "Your role does not open this. Ask your organisation’s administrator if that is wrong."
_CIRCLE_FIRST = "This needs the circle. Go back to the child’s page and open the circle first."
_SHIELDED = (
    "This record is shielded. Nothing of it is printed or saved. Ask the directory team of the child’s authority."
)
NOT_FOUND = "No child is found at this address. Search for the child again."
_JOINED = "This entry was joined with another entry of the same child. Search for the child again."

_ENOUGH = {
    Limit.OPENED: (
        "You have opened as many children’s records today as one person may. Tomorrow you can go on. If children wait "
        "for you, ask a colleague, and ask your administrator whether you may open more."
    ),
    Limit.NAMED: (
        "You have been shown as many names today as one person may. Tomorrow you can go on. You can still open the "
        "records that you have found. If you need more, ask your administrator."
    ),
}

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
    children_a_day: int = pace.A_DAY

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
    look: Look | None
    restated: tuple[str, ...]  # facts said anew since the look that a page of today is compared with
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Opened:
    """The user as locked and checked, before anything is read for them."""

    user: User
    head: audit.Head
    received: Mark


@dataclass(frozen=True)
class Joined:
    """The child with whom an entry was joined."""

    child_id: str
    shielded: bool


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
    at: datetime
    today: date
    chosen: Filter
    act: Act

    @property
    def as_at(self) -> date:
        """The day that is asked for."""
        return self.chosen.as_at


@dataclass(frozen=True)
class Overridden:
    """The override by which a session sees a shielded child, and until when (milliseconds since 1970)."""

    override_id: str
    until: int


FIND_OVERRIDE = Query("overriding/find_override", Overridden)
SHOW_CIRCLE = Query("children/show_circle", CircleRow)
SAVE_LOOK = Query("children/save_look", NoneType)
LOCK_USER = Query("access/lock_user", Opened)
FIND_JOINED = Query("children/find_joined", Joined)
COUNT_TAKEN = Query("audit/count_taken", Taken)
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
            audit.append_after(tx, _denied(said, found), opened.head)
            return found.error
        over = _over(tx, token, said, opened.user, found.child_refs, moment)
        if over is not None:
            audit.append_after(tx, _denied(said, over), opened.head)
            return over.error
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
    chosen: Filter | None = None,
    act: Act = Act.PAGE,
) -> ChildPage:
    """The page of one child for this user; those who have the circle at once get it whatever depth is asked for.

    The circle obeys `chosen`, or is of today; the signpost is always of today. What is taken away has an `act` of its
    own in the audit: a sheet of contacts lists open kinds of service only.

    Raises NotFound (unknown, another session's, not for this role, grown up: all alike) or Refused (also where the act
    needs the circle and the user has only the signpost, and where the child is shielded).
    """
    moment = clock.now()
    today = clock.day_in_england(moment)
    ask = Ask(
        token=token,
        handle=handle,
        reason=reason_coded(reason),
        case_reference=check_case_reference(case_reference),
        depth=depth,
        at=moment,
        today=today,
        chosen=Filter(today) if chosen is None else replace(chosen, as_at=min(chosen.as_at, today)),
        act=act,
    )
    event = replace(
        audit.new_event("unknown", f"child.{depth if act is Act.PAGE else act}"),
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
        as_at=ask.chosen.as_at,
        kept_from=ask.chosen.widest.kept_from,
        day_begins=day_begins(moment),
    )
    if seen is None:
        return Refused(_SESSION_ENDED)
    said = _by(event, seen.user)
    shown = None
    if seen.child is not None:
        shown = fold_page(seen.child, _asking(db, seen, ask))
        if shown is not None and shown.rule == SHIELDED_RULE:
            shown = _through_override(db, tx, seen, seen.child, ask) or shown
    if shown is None:
        denied = replace(said, decision="denied", rule="not found or not for this user")
        refs = () if child_id is None else (child_id,)
        # Asked of whoever is hidden as well, so that they take no other way than who is not there.
        joined = seen.user.viewer.role.sees_children and _leads_on(tx, child_id, ask.today)
        audit.append_after(tx, replace(denied, child_refs=refs), seen.head)
        return NotFound(_JOINED if joined else NOT_FOUND)
    refusal = _not_at_this_depth(shown.page, ask.act)
    if refusal is not None:
        denied = replace(said, decision="denied", rule="not at this depth", child_refs=(shown.page.child_number,))
        audit.append_after(tx, denied, seen.head)
        return refusal
    told = _shown_event(said, shown, ask.act)
    over = _over(tx, ask.token, told, seen.user, told.child_refs, moment)
    if over is not None:
        audit.append_after(tx, _denied(said, over), seen.head)
        return over.error
    if shown.page.depth is Depth.CIRCLE and ask.act is Act.PAGE:
        _keep_look(tx, seen, shown.page, moment)
    audit.append_after(tx, told, seen.head)
    return shown.page


def _over(
    tx: Transaction, token: str, told: AuditEvent, user: User, child_refs: tuple[str, ...], moment: datetime
) -> Denied | None:
    """Why a user who has been told of many children is told of no more; None if they are.

    Counted from the audit under the user's lock, so that every way out counts alike and none side by side with it.
    """
    if not child_refs or told.action.startswith(pace.NOT_COUNTED):
        return None
    begins, lately = day_begins(moment), clock.milliseconds(moment - pace.LATELY)
    taken = tx.read_one(
        COUNT_TAKEN,
        user_id=user.user_id,
        child_refs=list(child_refs),
        proof_key=access.proof_key(access.hash_token(token), Limit.PACE, ""),
        since=min(begins, lately),
        day_begins=begins,
        lately=lately,
        lists=list(pace.LISTS),
        listed=told.action in pace.LISTS,
        not_counted=pace.NOT_COUNTED,
    )
    if taken is None:
        raise ProgrammeError("It could not be counted of how many children somebody was told, so nothing was shown.")
    match pace.limit_of(taken, told.action, len(set(child_refs)), user.children_a_day):
        case None:
            return None
        case Limit.PACE:
            return Denied(Unproven(Limit.PACE.value), "pace", child_refs)
        case reached:
            return Denied(Refused(_ENOUGH[reached]), f"most a day: {reached}", child_refs)


def _denied(event: AuditEvent, denied: Denied) -> AuditEvent:
    return replace(event, decision="denied", rule=denied.rule, child_refs=denied.child_refs)


def _through_override(db: Database, tx: Transaction, seen: CircleRow, child: SeenChild, ask: Ask) -> Disclosure | None:
    """The page through an override of this session and this child that still holds; None without one."""
    session, now = access.hash_token(ask.token), clock.milliseconds(ask.at)
    asked = {"user_id": seen.user.user_id, "session": session, "child_id": child.child_id, "now": now}
    found = tx.read_one(FIND_OVERRIDE, **asked)
    if found is None:
        return None
    asking = replace(_asking(db, seen, ask), depth=Depth.CIRCLE, overridden_until=clock.moment_of(found.until))
    return fold_page(child, asking)


def _leads_on(tx: Transaction, child_id: str | None, today: date) -> bool:
    """Whether the entry behind an old address was joined with another that this may be said of: no shielded one.

    Behind an address that leads to nobody (None) there is none.
    """
    found = tx.read_one(FIND_JOINED, person_id=child_id, today=today)
    return found is not None and not found.shielded


def read_child(db: Database, tx: Transaction, ask: Ask) -> tuple[Asking, SeenChild, Disclosure] | None:
    """A child's page within `disclose`, with what it was folded from; None if the child is not there for this user."""
    moment = clock.now()
    seen = tx.read_one(
        SHOW_CIRCLE,
        **_common(ask.token, audit.new_event("unknown", "child.read"), moment),
        child_id=child_of(ask.token, ask.handle),
        as_at=ask.chosen.as_at,
        kept_from=ask.chosen.widest.kept_from,
        day_begins=day_begins(moment),
    )
    if seen is None or seen.child is None:
        return None
    asking = _asking(db, seen, ask)
    shown = fold_page(seen.child, asking)
    return None if shown is None else (asking, seen.child, shown)


def _keep_look(tx: Transaction, seen: CircleRow, page: ChildPage, moment: datetime) -> None:
    """Keeps that the user has had this circle, once a day and once a run: the third round trip is a rare one.

    The end of the audit chain is locked already; this key is this user's alone, whose lock this transaction holds.
    """
    run = seen.received.published
    if not is_worth_keeping(seen.look, run, moment):
        return
    look = first_look(run, moment) if seen.look is None else seen.look.next(run, moment)
    tx.write(SAVE_LOOK, user_id=seen.user.user_id, child_id=page.child_number, **asdict(look))


def _not_at_this_depth(page: ChildPage, act: Act) -> Refused | None:
    """Why this is not done with what the user has of the child; None if it is."""
    if act is Act.PAGE:
        return None
    # What is on paper or in a file is seen by more people than may see a shielded child.
    if page.shielded and not (act is Act.TIMELINE and page.depth is Depth.CIRCLE):
        return Refused(_SHIELDED)
    if act.needs_circle and page.depth is not Depth.CIRCLE:
        return Refused(_CIRCLE_FIRST)
    return None


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
        chosen=ask.chosen,
        received=received(db, seen.received),
        card_key=session_key(ask.token, "cards"),
        occasion=Occasion(seen.user.name, seen.user.organisation, ask.at, ask.reason.words, ask.case_reference),
        act=ask.act,
        since=seen.look.since(ask.at, seen.restated) if seen.look else None,
        lines={line.record: line for line in seen.lines},
    )


def _shown_event(event: AuditEvent, shown: Disclosure, act: Act) -> AuditEvent:
    page = shown.page
    return replace(
        event,
        action=f"child.{page.depth if act is Act.PAGE else act}",
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
        "children_a_day": pace.A_DAY,
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
