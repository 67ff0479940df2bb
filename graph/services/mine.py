"""My children: whom a practitioner is recorded as seeing now, and what changed with them since they last looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import NoneType

from graph.model import clock
from graph.model.changes import Held, MyChild, MyChildren, Place, told
from graph.model.errors import Refused
from graph.model.evidence import SeenChild, SeenFact
from graph.model.paging import page_of
from graph.model.roles import Role
from graph.services import circle
from graph.services.circle import Asking
from graph.services.disclosure import Denied, Opened, Told, disclose
from graph.services.handles import handle_of
from graph.services.several import NEVER, ChildRow, asking_of, list_children
from graph.store import Database, Query, Transaction

PAGE = 20
# Nobody works with more children by name; a list of a whole service is another page's affair.
MOST = 300

_ROLES = frozenset(role for role in Role if role.sees_children)


@dataclass(frozen=True)
class ChildId:
    """The number of a child."""

    child_id: str


@dataclass(frozen=True)
class Looked:
    """Up to which run and which moment a user has looked; None if never."""

    looked_run: int | None
    looked_at: int | None


LIST_MINE = Query("involvements/list_mine", ChildId)
SHOW_LOOKED = Query("involvements/show_looked", Looked)
SAVE_LOOKED = Query("involvements/save_looked", NoneType)


def list_mine(db: Database, token: str, *, page: int = 1) -> MyChildren:
    """One page of the children whom the user is recorded as seeing now, those with changes first, then by name.

    Who has never looked is told of no change, and of every change from then on.
    """

    def work(tx: Transaction, opened: Opened) -> Told[MyChildren] | Denied:
        moment = clock.now()
        today, user, mark = clock.day_in_england(moment), opened.user, opened.received
        looked = tx.read_one(SHOW_LOOKED, user_id=user.user_id)
        first = looked is None or looked.looked_run is None or looked.looked_at is None
        before = NEVER if looked is None else (looked.looked_run or 0, looked.looked_at or 0)
        if first:
            tx.write(
                SAVE_LOOKED,
                user_id=user.user_id,
                looked_run=mark.published,
                looked_at=clock.milliseconds(moment),
            )
        visible = {"published": mark.published, "withdrawn": list(mark.withdrawn), "today": today}
        found = tx.read(LIST_MINE, practitioner_id=user.practitioner_id, limit=MOST + 1, **visible)
        children = list_children(
            tx,
            [row.child_id for row in found[:MOST]],
            published=mark.published,
            withdrawn=mark.withdrawn,
            today=today,
            mark=NEVER if first else before,
        )
        asking = asking_of(db, token, opened, today=today)
        since = None if first else clock.day_in_england(clock.moment_of(before[1]))
        rows = [
            (made, row.child_id)
            for row in children.values()
            if (made := _row(row, asking, handle_of(token, row.child_id), since))
        ]
        rows.sort(key=lambda pair: (not pair[0].changes, pair[0].name, pair[0].age or 0, pair[1]))
        at, pages = page_of(page, len(rows), PAGE)
        shown = rows[(at - 1) * PAGE : at * PAGE]
        result = MyChildren(
            rows=tuple(row for row, _ in shown),
            page=at,
            pages=pages,
            count=len(rows),
            changed=sum(1 for row, _ in rows if row.changes),
            mark=f"{mark.published}.{clock.milliseconds(moment)}",
            since=None if first else clock.moment_of(before[1]),
            more=len(found) > MOST,
        )
        fields = ("age", "changes", "name") if any(row.changes for row, _ in shown) else ("age", "name")
        refs = tuple(child_id for _, child_id in shown)
        return Told(result, "own children", child_refs=refs, fields=fields if shown else (), count=len(shown))

    return disclose(db, token, "child.mine", work, roles=_ROLES)


def save_looked(db: Database, token: str, mark: str) -> None:
    """Nothing; what had changed by this mark is not told again. A mark that no page gave is Refused."""

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        run, _, at = mark.partition(".")
        now = clock.milliseconds(clock.now())
        if not (_is_number(run) and _is_number(at)) or int(run) > opened.received.published or int(at) > now:
            return Denied(Refused("Open the list of your children again, and mark the changes as seen there."), "mark")
        tx.write(SAVE_LOOKED, user_id=opened.user.user_id, looked_run=int(run), looked_at=int(at))
        return Told(None, "changes seen")

    disclose(db, token, "child.mine.seen", work, roles=_ROLES)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


def _row(row: ChildRow, asking: Asking, handle: str, since: date | None) -> MyChild | None:
    """A line of the list; None for who is not, or no longer, among the user's children or on any page."""
    child = row.now
    mine = _mine(child, asking)
    if not mine or (child.shielded and not any(fact.said for fact in mine)):
        # That a feed names the user with a shielded child is not told to them; what they said themselves is.
        return None
    shown = circle.fold_row(child, asking.viewer, handle, asking.today)
    if shown is None:
        return None
    changes: tuple[str, ...] = ()
    if since is not None and not circle.relation_of(child, asking).family:
        changes = told(_held(row.before, child, asking, since), _held(child, child, asking, asking.today))
    return MyChild(handle, shown.name, shown.age, changes)


def _mine(child: SeenChild, asking: Asking) -> list[SeenFact]:
    return [
        fact
        for fact in circle.standing_facts(child)
        if fact.type == "SEEN_BY" and fact.target == asking.practitioner_id and fact.interval.holds(asking.today)
    ]


def _held(then: SeenChild, now: SeenChild, asking: Asking, on: date) -> tuple[Held, ...]:
    """What held on that day by the facts of `then`, as far as this user may see it of the child as it is now."""
    return tuple(_lines(circle.shown_facts(then.facts, now, asking, on), asking))


def _lines(facts: Iterable[SeenFact], asking: Asking) -> Iterable[Held]:
    for fact in facts:
        place = _PLACES[fact.type]
        name = circle.name_of(fact)
        if fact.type == "SEEN_BY":
            if fact.target != asking.practitioner_id and name:
                role = fact.role or ""
                yield Held(place, fact.target, f"{name}, {role}" if role else name, lead=fact.lead is True)
        elif place is not Place.SERVICE or fact.target != asking.service_id:
            yield Held(place, fact.target, name or "A service")


_PLACES = {
    "ATTENDS": Place.SCHOOL,
    "REGISTERED_WITH": Place.PRACTICE,
    "INVOLVES": Place.SERVICE,
    "SEEN_BY": Place.PERSON,
    "RESPONSIBILITY_OF": Place.AREA,
}
