"""Watching the watchers: what the audit and the graph together say of who looked at whom, as alerts that people settle.

`look_through` is asked by a command, again and again: it reads the audit since the last time and keeps one alert a
day for each signal, user and child. An alert has an owner from the beginning, where there is an auditor; whoever the
alert is about never owns nor settles it.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from graph.model import clock
from graph.model.audit import AuditEvent
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.paging import page_of
from graph.model.roles import Role
from graph.model.watching import (
    CROWD_WITHIN,
    GUESSED,
    STRANGERS,
    STRANGERS_WITHIN,
    WATCHED,
    AlertLine,
    AlertList,
    Colleague,
    Outcome,
    Seen,
    Signal,
    State,
    Ties,
    bursts,
    crowd,
    enumerations,
    opened,
    outcome_coded,
    signals,
    strangers,
    streets,
)
from graph.services import audit, secret_box
from graph.services.disclosure import Denied, Opened, Told, disclose
from graph.store import Database, Query, Transaction

PAGE = 20
WATCHERS = frozenset({Role.AUDITOR})
# A transaction that was slow commits an event that is older than one that was seen already.
_OVERLAP = timedelta(minutes=5)
# A pace is told over an hour, so that much of what was seen before is read again.
_BEFORE = timedelta(hours=1)
_FIRST_LOOK = timedelta(days=7)
_PAIRS_AT_A_TIME = 200
_NO_ALERT = "There is no such alert. Open the list of alerts again."
_OWN = "This alert is about yourself. Another auditor has to settle it."
NOBODY = "unknown"  # as the audit has it
_SETTLED = "This alert is settled already. Nothing was changed. Open the list of alerts again."

Result = TypeVar("Result")


@dataclass(frozen=True)
class TiesRow:
    """What the graph says of a user and a child; postcodes as they are."""

    user: str
    child: str
    name: str
    role: str
    homes: tuple[str, ...]
    carers: tuple[str, ...]
    postcodes: tuple[str, ...]
    family_postcodes: tuple[str, ...]
    served: bool
    of_area: bool
    left: bool
    canary: bool


@dataclass(frozen=True)
class Colleagues:
    """Who has an account beside a user."""

    user: str
    colleagues: tuple[Colleague, ...]


@dataclass(frozen=True)
class AlertRow:
    """One alert as the graph holds it."""

    alert_id: str
    signal: str
    user_id: str
    name: str | None
    organisation: str | None
    child_id: str | None
    at: int
    times: int
    due_on: date
    owner: str | None
    owner_name: str | None
    state: str
    outcome: str | None


@dataclass(frozen=True)
class Mark:
    """How far the audit has been looked through, in milliseconds since 1970."""

    up_to: int


@dataclass(frozen=True)
class Failure:
    """A sign-in that failed: when, in milliseconds since 1970, and what the audit keeps of it."""

    at: int
    content: bytes


@dataclass(frozen=True)
class Owner:
    """Somebody who may own alerts, and how many open ones they have."""

    user_id: str
    open: int


@dataclass(frozen=True)
class Made:
    """An alert, and whether it was made just now."""

    alert_id: str
    made: bool


@dataclass(frozen=True)
class AlertCounts:
    """How many alerts there are of one state."""

    number: int
    unowned: int
    overdue: int


@dataclass(frozen=True)
class AlertKey:
    """The key of an alert."""

    alert_id: str


@dataclass(frozen=True)
class ChildKey:
    """The number of a child."""

    child_id: str


@dataclass(frozen=True)
class UserKey:
    """The id of an account."""

    user_id: str


@dataclass(frozen=True)
class LookedThrough:
    """What one look through the audit came to."""

    events: int
    made: int
    open: int
    unowned: int
    overdue: int


LIST_EVENTS = Query("watching/list_events", Seen)
LIST_FAILURES = Query("watching/list_failures", Failure)
LIST_OPENED = Query("watching/list_opened", Seen)
LIST_OPENERS = Query("watching/list_openers", Seen)
LIST_TIES = Query("watching/list_ties", TiesRow)
LIST_COLLEAGUES = Query("watching/list_colleagues", Colleagues)
SHOW_MARK = Query("watching/show_mark", Mark)
SAVE_MARK = Query("watching/save_mark", Mark)
LIST_OWNERS = Query("watching/list_owners", Owner)
RECORD_ALERT = Query("watching/record_alert", Made)
COUNT_ALERTS = Query("watching/count_alerts", AlertCounts)
LIST_ALERTS = Query("watching/list_alerts", AlertRow)
LOCK_ALERT = Query("watching/lock_alert", AlertRow)
SAVE_OWNER = Query("watching/save_owner", AlertKey)
SAVE_OUTCOME = Query("watching/save_outcome", AlertKey)
SAVE_HOME = Query("watching/save_home", UserKey)
RECORD_CANARY = Query("watching/record_canary", ChildKey)


@dataclass(frozen=True)
class _Noticed:
    """One signal, about whom, and when."""

    signal: Signal
    user: str
    child: str | None
    at: int

    @property
    def day(self) -> date:
        return clock.day_in_england(clock.moment_of(self.at))

    @property
    def about(self) -> str:
        return "|".join((self.signal, self.user, self.child or "", self.day.isoformat()))


def look_through(db: Database) -> LookedThrough:
    """What has been noticed in the audit since the last look: how many alerts it made, and how many wait."""
    now = clock.now()
    mark = db.read_one(SHOW_MARK)
    since = now - _FIRST_LOOK if mark is None else clock.moment_of(mark.up_to) - _OVERLAP
    span = {"since": clock.milliseconds(since - _BEFORE), "until": clock.milliseconds(now)}
    events = _seen(db, LIST_EVENTS, **span)
    fresh = [event for event in events if event.at >= clock.milliseconds(since)]
    noticed = [*_of_children(db, fresh, since, now), *_of_pace(events), *_of_strangers(db, fresh, since, now)]
    noticed += _of_guessing(db, since, now)
    made = sum(_record(db, one, now) for one in noticed)
    db.write(SAVE_MARK, up_to=clock.milliseconds(now))
    counted = _counted(db, State.OPEN, now)
    return LookedThrough(len(fresh), made, counted.number, counted.unowned, counted.overdue)


def list_alerts(db: Database, token: str, *, settled: bool = False, page: int = 1) -> AlertList:
    """One page of alerts for an auditor, the first due first; numbers of children and no names."""
    state = State.SETTLED if settled else State.OPEN

    def work(tx: Transaction, opened: Opened) -> Told[AlertList] | Denied:
        now = clock.now()
        counted = _counted(tx, state, now)
        at, pages = page_of(page, counted.number, PAGE)
        rows = tx.read(LIST_ALERTS, state=state.value, skip=(at - 1) * PAGE, limit=PAGE)
        lines = tuple(_line(row, opened.user.user_id, now) for row in rows)
        return _told(AlertList(lines, at, pages, counted.number, counted.unowned), rows, "alerts")

    return disclose(db, token, "alert.list", work, roles=WATCHERS)


def show_alert(db: Database, token: str, alert_id: str) -> AlertLine:
    """One alert. NotFound if there is none of that key."""

    def work(_tx: Transaction, opened: Opened, row: AlertRow) -> Told[AlertLine] | Denied:
        return _told(_line(row, opened.user.user_id, clock.now()), [row], "alert")

    return _at_alert(db, token, alert_id, "alert.open", work)


def own(db: Database, token: str, alert_id: str) -> None:
    """Nothing; the user owns the alert now. Conflict if it is settled, Refused if it is about the user."""

    def work(tx: Transaction, opened: Opened, row: AlertRow) -> Told[None] | Denied:
        refused = _refused(opened, row)
        if refused is not None:
            return refused
        tx.write(SAVE_OWNER, alert_id=alert_id, user_id=opened.user.user_id)
        return _told(None, [row], "owned")

    _at_alert(db, token, alert_id, "alert.own", work)


def settle(db: Database, token: str, alert_id: str, outcome: str) -> None:
    """Nothing; the alert has this outcome. Conflict if it is settled, Refused off the list or about the user."""

    def work(tx: Transaction, opened: Opened, row: AlertRow) -> Told[None] | Denied:
        refused = _refused(opened, row)
        if refused is not None:
            return refused
        try:
            how = outcome_coded(outcome)
        except Refused as error:
            return Denied(error, "alert: not on the list")
        at = clock.milliseconds(clock.now())
        tx.write(SAVE_OUTCOME, alert_id=alert_id, user_id=opened.user.user_id, outcome=how.value, at=at)
        return _told(None, [row], f"settled: {how}")

    _at_alert(db, token, alert_id, "alert.settle", work)


def save_home(db: Database, *, username: str, postcode: str, by: str) -> None:
    """Keeps where a user lives as keyed hashes of the postcode and the streets around: never the postcode itself."""
    place = streets(postcode)
    if not place:
        raise Refused(f"{postcode!r} is no postcode. Write it in full, such as NS1 2AB.")
    event = _act(by, "user.home", (f"username:{username}",))

    def work(tx: Transaction) -> None:
        if not tx.write(SAVE_HOME, username=username, homes=[keyed(_tight(postcode)), keyed(place)]):
            raise NotFound(f"There is no account {username}. List them with: python -m graph user list.")
        audit.append(tx, event)

    db.transact(work, op_id=event.op_id, resolve=audit.SHOW_OPERATION)


def save_canary(db: Database, *, child_id: str, by: str) -> None:
    """Marks an invented child as one that nobody has a reason to look at. NotFound if there is no such child."""
    event = replace(_act(by, "canary.add", ()), child_refs=(child_id,))

    def work(tx: Transaction) -> None:
        if not tx.write(RECORD_CANARY, child_id=child_id):
            raise NotFound(f"There is no child {child_id}. Load the invented child first.")
        audit.append(tx, event)

    db.transact(work, op_id=event.op_id, resolve=audit.SHOW_OPERATION)


def keyed(place: str) -> str:
    """A place as it is kept and compared: nobody without the key can try all of them out."""
    return secret_box.keyed_hash(place, about="homes of users")


def _tight(postcode: str) -> str:
    return "".join(postcode.upper().split())


def _act(by: str, action: str, fields: tuple[str, ...]) -> AuditEvent:
    return replace(audit.new_event(by, action, rule="command line"), fields=fields)


def _of_children(db: Database, events: Sequence[Seen], since: datetime, now: datetime) -> list[_Noticed]:
    """What is noticed of each user and each child whose page they opened, or tried to; the last time counts."""
    last = _last(events)
    ties = list_ties(db, sorted(last))
    # Asked once for each user: an organisation may have thousands of accounts, and a user many children.
    beside = {row.user: row.colleagues for row in db.read(LIST_COLLEAGUES, users=sorted({row.user for row in ties}))}
    found = [
        _Noticed(signal, row.user, row.child, last[row.user, row.child])
        for row in ties
        for signal in signals(_ties(row, beside[row.user]))
    ]
    return found + _of_crowds(db, sorted({row.child for row in ties if not row.served}), since, now)


def _of_crowds(db: Database, children: Sequence[str], since: datetime, now: datetime) -> list[_Noticed]:
    """Everybody of the many without work for one of these children who were at its page."""
    span = {"since": clock.milliseconds(since - CROWD_WITHIN), "until": clock.milliseconds(now)}
    events = _seen(db, LIST_OPENERS, children=children, **span) if children else []
    at_page: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for event in events:
        if event.opens:
            at_page[event.children[0]].append((event.at, event.actor))
    many = {child: marks for child, marks in at_page.items() if crowd(marks)}
    ties = list_ties(db, sorted({(user, child) for child, marks in many.items() for _, user in marks}))
    strange = {(row.user, row.child) for row in ties if not row.served}
    last = _last(events)
    return [
        _Noticed(Signal.CROWD, user, child, last[user, child])
        for child, marks in sorted(many.items())
        for user in sorted(crowd([(at, user) for at, user in marks if (user, child) in strange]))
    ]


def _seen(db: Database, query: Query[Seen], **parameters: Any) -> list[Seen]:
    """The events of a query that may be many."""
    rows = db.stream(query, watched=list(WATCHED), **parameters)
    return [Seen(at, who, act, ok, tuple(of)) for at, who, act, ok, of in rows]


def _last(events: Iterable[Seen]) -> dict[tuple[str, str], int]:
    """When each user was last at the page of each child, or was refused it."""
    last: dict[tuple[str, str], int] = {}
    for event in events:
        if event.opens:
            for child in event.children[:1]:
                last[event.actor, child] = max(event.at, last.get((event.actor, child), 0))
    return last


def _of_strangers(db: Database, events: Sequence[Seen], since: datetime, now: datetime) -> list[_Noticed]:
    """What is noticed of a day's children, for each user who opened one of them since then."""
    users = sorted({event.actor for event in events if event.opens and event.allowed})
    span = {"since": clock.milliseconds(since - STRANGERS_WITHIN), "until": clock.milliseconds(now)}
    days = _by_user(_seen(db, LIST_OPENED, users=users, **span)) if users else {}
    many = {user: of for user, of in days.items() if len({child for _, child in opened(of)}) >= STRANGERS}
    pairs = sorted({(user, child) for user, of in many.items() for _, child in opened(of)})
    ties = list_ties(db, pairs)
    served = {(row.user, row.child) for row in ties if row.served}
    roles = {row.user: Role(row.role) for row in ties}
    return [
        _Noticed(Signal.STRANGERS, user, None, at)
        for user, role in sorted(roles.items())
        for at in strangers(many[user], {child for of, child in served if of == user}, role)
    ]


def list_ties(db: Database, pairs: Sequence[tuple[str, str]]) -> list[TiesRow]:
    """What the graph says of each of these pairs of a user and a child, for those where both are there."""
    today = clock.day_in_england(clock.now())
    found: list[TiesRow] = []
    for start in range(0, len(pairs), _PAIRS_AT_A_TIME):
        asked = [{"user": user, "child": child} for user, child in pairs[start : start + _PAIRS_AT_A_TIME]]
        found += db.read(LIST_TIES, pairs=asked, today=today)
    return found


def _ties(row: TiesRow, colleagues: tuple[Colleague, ...]) -> Ties:
    return Ties(
        user=row.user,
        child=row.child,
        name=row.name,
        homes=row.homes,
        carers=row.carers,
        postcodes=tuple(keyed(_tight(postcode)) for postcode in row.postcodes),
        streets=_streets(row.postcodes),
        family_streets=_streets(row.family_postcodes),
        colleagues=colleagues,
        served=row.served,
        of_area=row.of_area,
        left=row.left,
        canary=row.canary,
    )


def _streets(postcodes: Iterable[str]) -> tuple[str, ...]:
    return tuple(keyed(place) for place in map(streets, postcodes) if place)


def _of_pace(events: Iterable[Seen]) -> list[_Noticed]:
    found = []
    for user, mine in _by_user(events).items():
        found += [_Noticed(Signal.BURST, user, None, at) for at in bursts(mine)]
        found += [_Noticed(Signal.ENUMERATION, user, None, at) for at in enumerations(mine)]
    return found


def _of_guessing(db: Database, since: datetime, now: datetime) -> list[_Noticed]:
    """The moments since when sign-ins from one place, or all, were slowed: whose accounts were meant is not known."""
    span = {"since": clock.milliseconds(since), "until": clock.milliseconds(now)}
    rows = db.stream(LIST_FAILURES, **span)
    return [_Noticed(Signal.GUESSING, NOBODY, None, at) for at, said in rows if any(word in said for word in GUESSED)]


def _by_user(events: Iterable[Seen]) -> dict[str, list[Seen]]:
    by_user: dict[str, list[Seen]] = defaultdict(list)
    for event in events:
        by_user[event.actor].append(event)
    return by_user


def _record(db: Database, noticed: _Noticed, now: datetime) -> bool:
    """Whether an alert was made; one that is there already counts the new time."""
    alert_id, op_id = secrets.token_hex(12), secrets.token_hex(16)
    today = clock.day_in_england(now)

    def work(tx: Transaction) -> bool:
        owners = [one.user_id for one in tx.read(LIST_OWNERS) if one.user_id != noticed.user]
        properties = {
            "alert_id": alert_id,
            "signal": noticed.signal.value,
            "user_id": noticed.user,
            "child_id": noticed.child,
            "due_on": today + timedelta(days=noticed.signal.days),
            "state": State.OPEN.value,
            "owner": next(iter(owners), None),
        }
        (made,) = tx.write(RECORD_ALERT, about=noticed.about, at=noticed.at, properties=properties)
        if made.made:
            fields = (f"alert:{alert_id}", f"signal:{noticed.signal}", f"user:{noticed.user}")
            refs = () if noticed.child is None else (noticed.child,)
            audit.record_act(tx, actor="system", action="alert.made", child_refs=refs, fields=fields, op_id=op_id)
        return made.made

    return db.transact(work, op_id=op_id, resolve=audit.SHOW_OPERATION)


def _counted(reader: Database | Transaction, state: State, now: datetime) -> AlertCounts:
    (counted,) = reader.read(COUNT_ALERTS, state=state.value, today=clock.day_in_england(now))
    return counted


def _line(row: AlertRow, user_id: str, now: datetime) -> AlertLine:
    state = State(row.state)
    return AlertLine(
        alert_id=row.alert_id,
        signal=Signal(row.signal),
        user="Nobody who signed in" if row.user_id == NOBODY else row.name or "An account that is not there any more",
        organisation=row.organisation or "",
        child_number=row.child_id,
        at=clock.moment_of(row.at),
        times=row.times,
        due_on=row.due_on,
        overdue=state is State.OPEN and row.due_on < clock.day_in_england(now),
        owner=row.owner_name,
        mine=row.owner == user_id,
        state=state,
        outcome=Outcome(row.outcome) if row.outcome else None,
    )


def _told(result: Result, rows: Sequence[AlertRow], rule: str) -> Told[Result]:
    refs = tuple(dict.fromkeys(row.child_id for row in rows if row.child_id))
    fields = tuple(f"alert:{row.alert_id}" for row in rows)
    return Told(result, rule, child_refs=refs, fields=fields, count=len(rows))


def _refused(opened: Opened, row: AlertRow) -> Denied | None:
    if row.user_id == opened.user.user_id:
        return Denied(Refused(_OWN), "alert: about the user")
    if row.state == State.SETTLED:
        return Denied(Conflict(_SETTLED), "alert: settled already")
    return None


def _at_alert(
    db: Database,
    token: str,
    alert_id: str,
    action: str,
    work: Callable[[Transaction, Opened, AlertRow], Told[Result] | Denied],
) -> Result:
    """What `work` gives back of one alert, which nobody else can change meanwhile."""
    op_id = secrets.token_hex(16)

    def disclosed(tx: Transaction, opened: Opened) -> Told[Result] | Denied:
        row = tx.read_one(LOCK_ALERT, alert_id=alert_id, op_id=op_id)
        if row is None:
            return Denied(NotFound(_NO_ALERT), "alert: not found")
        return work(tx, opened, row)

    return disclose(db, token, action, disclosed, roles=WATCHERS)
