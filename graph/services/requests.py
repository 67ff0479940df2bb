"""“This looks wrong” and objections: owned by the authority's data managers, settled with an outcome.

Who sees a line says that it is wrong. What a child or carer objects to comes in outside, and a data manager enters it.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from graph.model import clock
from graph.model.circle import Depth
from graph.model.corrections import (
    Asker,
    Kind,
    Objection,
    Outcome,
    Refusal,
    RequestLine,
    RequestList,
    Settlement,
    State,
    Wrong,
    asker_coded,
    check_received,
    check_settlement,
    due_after,
    is_settled,
    objection_coded,
    wrong_coded,
)
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.evidence import SeenChild, SeenFact
from graph.model.paging import page_of
from graph.model.reasons import reason_coded
from graph.model.roles import Role
from graph.model.visibility import may_answer
from graph.services import circle
from graph.services.circle import Asking, Disclosure
from graph.services.disclosure import NOT_FOUND, Denied, Opened, Told, disclose, read_child
from graph.services.handles import child_of, handle_of
from graph.services.looks import ask_of
from graph.services.several import asking_of, list_children
from graph.services.statements import Asked
from graph.store import Database, Query, Transaction

PAGE = 20
_ASKERS = frozenset(role for role in Role if role.sees_children)
OWNERS = frozenset({Role.DATA_MANAGER})
_NO_LINE = (
    "That line is not on the child’s page any more: it may have been corrected already. Open the page again and look."
)
_NO_OWNER = "No authority is recorded as responsible for this child. Tell the directory team of your own authority."
_SAME = "You have asked about this already, and it is not settled yet. Open Corrections to see how far it has come."
_NO_REQUEST = "There is no such request, or it is another authority’s. Open the list of requests again."

Result = TypeVar("Result")


@dataclass(frozen=True)
class RequestRow:
    """One request as the graph holds it."""

    request_id: str
    child_id: str
    kind: str
    wrong: str
    objector: str | None
    facts: tuple[str, ...]
    authority: str
    asked_by: str
    asker: str | None
    asker_organisation: str | None
    asked_on: date
    due_on: date
    state: str
    taken_by: str | None
    taker: str | None
    outcome: str | None
    settled_on: date | None
    settler: str | None
    refusal: str | None
    review_on: date | None
    told: bool


@dataclass(frozen=True)
class Objecting:
    """What a data manager enters of an objection: who objects, why, and when that came in."""

    objector: str
    objection: str
    received_on: date


@dataclass(frozen=True)
class Number:
    """How many there are."""

    number: int


@dataclass(frozen=True)
class Key:
    """The key of what was found or written."""

    key: str


@dataclass(frozen=True)
class LineAsked:
    """The line of a page that is asked about: what it is called, or None for the page as a whole."""

    child: str
    line: str | None


@dataclass(frozen=True)
class RequestPage:
    """One request for those who settle it; who asked, so that they can be rung."""

    line: RequestLine
    asker: str
    organisation: str


LIST_QUEUE = Query("requests/list_queue", RequestRow)
LIST_ASKED = Query("requests/list_asked", RequestRow)
LIST_OF_CHILD = Query("requests/list_of_child", RequestRow)
COUNT_QUEUE = Query("requests/count_queue", Number)
COUNT_ASKED = Query("requests/count_asked", Number)
LOCK_REQUEST = Query("requests/lock_request", RequestRow)
FIND_SAME = Query("requests/find_same", Key)
RECORD_REQUEST = Query("requests/record_request", Key)
SAVE_TAKEN = Query("requests/save_taken", Key)
SAVE_SETTLED = Query("requests/save_settled", Key)


def show_line(db: Database, asked: Asked, card: str | None) -> LineAsked:
    """What the line of this card is called, before anything is asked about it. NotFound if it is not on the page."""

    def work(tx: Transaction, opened: Opened) -> Told[LineAsked] | Denied:
        seen = _see(db, tx, opened, asked, card)
        if isinstance(seen, Denied):
            return seen
        refs = (seen.child.child_id,)
        facts = tuple(sorted(fact.fact_id for fact in seen.facts))
        line = LineAsked(seen.name, seen.line)
        return Told(line, "line to ask about", child_refs=refs, fields=("name", "services"), facts=facts, count=1)

    return disclosed(db, asked, "request.show", work)


def ask(db: Database, asked: Asked, card: str | None, wrong: str) -> date:
    """The day by which the request just made is due. NotFound, Refused, or Conflict if the same is asked already."""
    request_id = secrets.token_hex(12)

    def work(tx: Transaction, opened: Opened) -> Told[date] | Denied:
        today = clock.day_in_england(clock.now())
        seen = _see(db, tx, opened, asked, card)
        if isinstance(seen, Denied):
            return seen
        refs = (seen.child.child_id,)
        try:
            kind = wrong_coded(wrong, of_a_line=card is not None)
        except Refused as error:
            return Denied(error, "request: not on the list", refs)
        owner = owner_of(seen.child, today) or opened.user.authority
        if owner is None:
            return Denied(Refused(_NO_OWNER), "request: nobody owns it", refs)
        about = {"child_id": seen.child.child_id, "wrong": kind.value}
        facts = sorted(fact.fact_id for fact in seen.facts)
        if tx.read_one(FIND_SAME, user_id=opened.user.user_id, facts=facts, **about) is not None:
            return Denied(Conflict(_SAME), "request: asked already", refs)
        due = due_after(today)
        tx.write(
            RECORD_REQUEST, properties=_new(request_id, opened, about | {"facts": facts, "authority": owner}, today)
        )
        fields = (f"request:{request_id}", f"wrong:{kind}")
        return Told(due, "asked", child_refs=refs, fields=fields, facts=tuple(facts), count=1)

    return disclosed(db, asked, "request.ask", work)


def show_objecting(db: Database, asked: Asked) -> str:
    """The name of the child about whom an objection is entered. NotFound if the user does not answer for the child."""

    def work(tx: Transaction, opened: Opened) -> Told[str] | Denied:
        found = answered(db, tx, opened, asked)
        if isinstance(found, Denied):
            return found
        _, child, shown = found
        return Told(shown.page.name, "to enter an objection", (child.child_id,), ("name",), count=1)

    return disclosed(db, asked, "request.show", work, roles=OWNERS)


def record_objection(db: Database, asked: Asked, wish: Objecting) -> date:
    """The day by which the objection just entered has to be answered: a calendar month after it came in.

    NotFound if the user does not answer for the child, Refused off the lists, Conflict if it is entered already.
    """
    request_id = secrets.token_hex(12)

    def work(tx: Transaction, opened: Opened) -> Told[date] | Denied:
        found = answered(db, tx, opened, asked)
        if isinstance(found, Denied):
            return found
        child_id, today = found[1].child_id, clock.day_in_england(clock.now())
        try:
            objector, objection = asker_coded(wish.objector), objection_coded(wish.objection)
            received_on = check_received(wish.received_on, today)
        except Refused as error:
            return Denied(error, "objection: not on the list", (child_id,))
        about: dict[str, Any] = {"child_id": child_id, "wrong": objection.value, "facts": []}
        if tx.read_one(FIND_SAME, user_id=opened.user.user_id, **about) is not None:
            return Denied(Conflict(_SAME), "objection: entered already", (child_id,))
        due = due_after(received_on)
        more = {"kind": Kind.OBJECTION.value, "objector": objector.value, "authority": opened.user.authority}
        tx.write(RECORD_REQUEST, properties=_new(request_id, opened, about | more, received_on))
        fields = (f"request:{request_id}", f"objection:{objection}", f"by:{objector}")
        return Told(due, "objection entered", (child_id,), fields, count=1)

    return disclosed(db, asked, "request.object", work, roles=OWNERS)


def answered(
    db: Database, tx: Transaction, opened: Opened, asked: Asked
) -> tuple[Asking, SeenChild, Disclosure] | Denied:
    """The child of a page for a data manager who answers to it and its carers; for anybody else it is not there."""
    child_id = child_of(asked.token, asked.handle)
    refs = () if child_id is None else (child_id,)
    found = read_child(db, tx, ask_of(asked))
    if found is None or not may_answer(opened.user.viewer, circle.relation_of(found[1], found[0])):
        return Denied(NotFound(NOT_FOUND), "not found or not for this user", refs)
    return found


def list_of_child(tx: Transaction, child_id: str, today: date) -> tuple[RequestLine, ...]:
    """What was asked about a child, the oldest first, within a disclosure: no child, line or asker is named."""
    return tuple(_said(row, today) for row in tx.read(LIST_OF_CHILD, child_id=child_id))


def list_asked(db: Database, token: str, *, page: int = 1) -> RequestList:
    """One page of what the user has asked, the newest first."""

    def work(tx: Transaction, opened: Opened) -> Told[RequestList] | Denied:
        user = opened.user.user_id
        count = tx.read(COUNT_ASKED, user_id=user)[0].number
        at, pages = page_of(page, count, PAGE)
        rows = tx.read(LIST_ASKED, user_id=user, skip=(at - 1) * PAGE, limit=PAGE)
        return _listed(db, tx, token, opened, rows, RequestList((), at, pages, count))

    return disclose(db, token, "request.asked", work, roles=_ASKERS)


def list_queue(db: Database, token: str, *, settled: bool = False, page: int = 1) -> RequestList:
    """One page of the requests that the user's authority owns: the first due first."""

    def work(tx: Transaction, opened: Opened) -> Told[RequestList] | Denied:
        today = clock.day_in_england(clock.now())
        of = {"authority": opened.user.authority or "", "settled": settled, "today": today}
        count = tx.read(COUNT_QUEUE, **of)[0].number
        at, pages = page_of(page, count, PAGE)
        rows = tx.read(LIST_QUEUE, skip=(at - 1) * PAGE, limit=PAGE, **of)
        return _listed(db, tx, token, opened, rows, RequestList((), at, pages, count))

    return disclose(db, token, "request.queue", work, roles=OWNERS)


def show_request(db: Database, token: str, request_id: str) -> RequestPage:
    """One request of the user's authority, with who asked. NotFound if it is not theirs."""

    def work(tx: Transaction, opened: Opened, row: RequestRow) -> Told[RequestPage] | Denied:
        listed = _listed(db, tx, token, opened, [row], RequestList((), 1, 1, 1))
        page = RequestPage(listed.result.lines[0], row.asker or "Not known", row.asker_organisation or "")
        return Told(page, "request", listed.child_refs, (*listed.fields, f"request:{request_id}"), listed.facts, 1)

    return _at_request(db, token, request_id, "request.open", work)


def take(db: Database, token: str, request_id: str) -> None:
    """Nothing; the user looks at the request from now on. Conflict if it is settled, and not to be looked at again."""

    def work(tx: Transaction, opened: Opened, row: RequestRow) -> Told[None] | Denied:
        if is_settled(row.state, row.review_on, clock.day_in_england(clock.now())):
            return _settled_already(row)
        tx.write(SAVE_TAKEN, request_id=request_id, user_id=opened.user.user_id, at=clock.milliseconds(clock.now()))
        return Told(None, "taken", (row.child_id,), (f"request:{request_id}",), count=1)

    _at_request(db, token, request_id, "request.take", work)


def settle(db: Database, token: str, request_id: str, wish: Settlement) -> None:
    """Nothing; the request ends so, and who asked sees it.

    Conflict if it is settled and not to be looked at again, Refused off the lists or where a refusal lacks something.
    """

    def work(tx: Transaction, opened: Opened, row: RequestRow) -> Told[None] | Denied:
        moment = clock.now()
        today = clock.day_in_england(moment)
        if is_settled(row.state, row.review_on, today):
            return _settled_already(row)
        try:
            how = check_settlement(Kind(row.kind), wish, today)
        except Refused as error:
            return Denied(error, "request: not on the list", (row.child_id,))
        tx.write(
            SAVE_SETTLED,
            request_id=request_id,
            user_id=opened.user.user_id,
            outcome=how.outcome.value,
            refusal=how.refusal.value if how.refusal else None,
            review_on=how.review_on,
            told=how.told,
            today=today,
            at=clock.milliseconds(moment),
        )
        refused = (f"refusal:{how.refusal}", f"review:{how.review_on}") if how.refusal else ()
        fields = (f"request:{request_id}", f"outcome:{how.outcome}", *refused)
        return Told(None, "settled", (row.child_id,), fields, count=1)

    _at_request(db, token, request_id, "request.settle", work)


@dataclass(frozen=True)
class _Seen:
    """The child whose page is open, and the line of it that is meant."""

    child: SeenChild
    name: str
    line: str | None
    facts: tuple[SeenFact, ...]


def _see(db: Database, tx: Transaction, opened: Opened, asked: Asked, card: str | None) -> _Seen | Denied:
    child_id, today = child_of(asked.token, asked.handle), clock.day_in_england(clock.now())
    asking = asking_of(db, asked.token, opened, today=today, depth=Depth.CIRCLE)
    seen = _children(tx, opened, [child_id] if child_id else [], today).get(child_id or "")
    shown = None if seen is None else circle.fold_page(seen, asking)
    refs = () if child_id is None else (child_id,)
    if seen is None or shown is None:
        return Denied(NotFound(NOT_FOUND), "not found or not for this user", refs)
    if card is None:
        return _Seen(seen, shown.page.name, None, ())
    facts = shown.by_card.get(card)
    names = {each.key: each.name for each in shown.page.services}
    names |= {each.key: each.name for each in shown.page.carers}
    if not facts or card not in names:
        return Denied(NotFound(_NO_LINE), "no such line", refs)
    return _Seen(seen, shown.page.name, names[card], facts)


def owner_of(child: SeenChild, today: date) -> str | None:
    """The authority that is responsible for the child, or None if none is known."""
    areas = [fact for fact in child.facts if fact.type == "RESPONSIBILITY_OF" and fact.interval.holds(today)]
    return next((fact.target for fact in areas if fact.target != "unknown"), None)


def _children(tx: Transaction, opened: Opened, ids: Sequence[str], today: date) -> dict[str, SeenChild]:
    mark = opened.received
    rows = list_children(tx, ids, published=mark.published, withdrawn=mark.withdrawn, today=today)
    return {child_id: row.now for child_id, row in rows.items()}


def _listed(
    db: Database, tx: Transaction, token: str, opened: Opened, rows: Sequence[RequestRow], page: RequestList
) -> Told[RequestList]:
    """The page with its lines: each child's name where the user may see it, and what line of the page is meant."""
    today = clock.day_in_england(clock.now())
    asking = asking_of(db, token, opened, today=today)
    children = _children(tx, opened, sorted({row.child_id for row in rows}), today)
    lines, facts = [], set()
    for row in rows:
        line, shown = _line(row, children.get(row.child_id), asking, token, opened.user.user_id)
        lines.append(line)
        facts |= shown
    result = RequestList(tuple(lines), page.page, page.pages, page.count)
    refs = tuple(dict.fromkeys(row.child_id for row, line in zip(rows, lines, strict=True) if line.name))
    fields = ("name", "requests") if lines else ()
    return Told(result, "requests", refs, fields, tuple(sorted(facts)), len(lines))


def _line(
    row: RequestRow, child: SeenChild | None, asking: Asking, token: str, user_id: str
) -> tuple[RequestLine, set[str]]:
    handle = None if child is None else handle_of(token, child.child_id)
    shown = None if child is None or handle is None else circle.fold_row(child, asking.viewer, handle, asking.today)
    about: list[SeenFact] = []
    if child is not None and shown is not None:
        visible = circle.shown_facts(child.facts, child, asking, asking.today)
        about = [fact for fact in visible if fact.fact_id in row.facts]
    line = replace(
        _said(row, asking.today),
        name=shown.name if shown else None,
        handle=handle if shown else None,
        about=next((name for fact in about if (name := circle.name_of(fact))), None),
        sender=next((circle.sender_of(fact, asking) for fact in about), None),
        mine=row.taken_by == user_id,
    )
    return line, {fact.fact_id for fact in about}


def _said(row: RequestRow, today: date) -> RequestLine:
    """What a request says by itself, whoever reads it."""
    kind, settled = Kind(row.kind), is_settled(row.state, row.review_on, today)
    again = row.outcome is not None and not settled
    due_on = row.review_on if again and row.review_on else row.due_on
    return RequestLine(
        request_id=row.request_id,
        kind=kind,
        name=None,
        handle=None,
        wrong=Objection(row.wrong) if kind is Kind.OBJECTION else Wrong(row.wrong),
        objector=Asker(row.objector) if row.objector else None,
        of_a_line=bool(row.facts),
        about=None,
        sender=None,
        asked_on=row.asked_on,
        due_on=due_on,
        state=State.OPEN if again and row.state == State.SETTLED else State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        settled_on=row.settled_on,
        overdue=not settled and due_on < today,
        taken_by=row.taker,
        mine=False,
        refusal=Refusal(row.refusal) if row.refusal else None,
        review_on=row.review_on,
        told=row.told,
        settled_by=row.settler,
        again=again,
    )


def _new(request_id: str, opened: Opened, about: dict[str, Any], asked_on: date) -> dict[str, Any]:
    """What is kept of a request that nobody has looked at yet."""
    return {
        **about,
        "request_id": request_id,
        "asked_by": opened.user.user_id,
        "asked_on": asked_on,
        "asked_at": clock.milliseconds(clock.now()),
        "due_on": due_after(asked_on),
        "state": State.OPEN.value,
    }


def _settled_already(row: RequestRow) -> Denied:
    error = Conflict("This request is settled already. Nothing was changed. Open the list of requests again.")
    return Denied(error, "request: settled already", (row.child_id,))


def _at_request(
    db: Database,
    token: str,
    request_id: str,
    action: str,
    work: Callable[[Transaction, Opened, RequestRow], Told[Result] | Denied],
) -> Result:
    """What `work` gives back of one request of the user's authority, which nobody else can change meanwhile."""
    op_id = secrets.token_hex(16)

    def disclosed(tx: Transaction, opened: Opened) -> Told[Result] | Denied:
        row = tx.read_one(LOCK_REQUEST, request_id=request_id, op_id=op_id)
        if row is None or row.authority != opened.user.authority:
            return Denied(NotFound(_NO_REQUEST), "request: not found or not this authority’s")
        return work(tx, opened, row)

    return disclose(db, token, action, disclosed, roles=OWNERS)


def disclosed(
    db: Database,
    asked: Asked,
    action: str,
    work: Callable[[Transaction, Opened], Told[Result] | Denied],
    *,
    roles: frozenset[Role] = _ASKERS,
) -> Result:
    """What `work` tells of the child of a page, for the reason for which the page is open."""
    return disclose(
        db,
        asked.token,
        action,
        work,
        roles=roles,
        reason=reason_coded(asked.reason),
        case_reference=asked.case_reference,
    )
