"""The records of a child's entry, and taking those off that are another child's: asked by one, agreed to by another.

For data managers of the child's authority (decision 31). What is taken off has a page of its own from then on, and
nothing joins the two again but people.
"""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from graph.model import clock
from graph.model.errors import Conflict, Refused, SignpostError
from graph.model.feeds import FEEDS
from graph.model.kinds import KINDS
from graph.model.made_of import KEPT, MIXED, TAKEN_OFF, TAKING_OFF, MadeOf, RecordLine, Wish, check_chosen, how_said
from graph.model.review import Said, clues
from graph.model.statements import SOURCE, TITLE
from graph.model.visibility import Viewer
from graph.services import fresh, identity, requests
from graph.services.circle import fold_row
from graph.services.disclosure import Denied, Opened, Told
from graph.services.fresh import Action
from graph.services.handles import session_key
from graph.services.identity import Act
from graph.services.review import RECORD_JUDGEMENT, REVIEWERS, may_name, propose
from graph.services.several import list_children
from graph.services.statements import Asked
from graph.store import Database, Query, Transaction

_STALE = "Something of this entry has changed since you opened it. Nothing was done. Look at it again."
_WAITS = "Somebody has asked about the records of this entry already. Look at what they asked first."
_NO_WISH = "Nobody asks about the records of this entry any more. Look at it as it is."
_MINE = "You have asked this yourself. Another person of your team has to agree."
NOBODY = "No child whom you may see has that number in the directory. It stands on the child’s page."


@dataclass(frozen=True)
class ServiceRow:
    """A place that a record names, and its kind where that is a service: a school or a practice has none."""

    kind: str | None
    name: str


@dataclass(frozen=True)
class RecordRow:
    """One record as the graph holds it."""

    record: str
    source: str
    forename: str | None
    middle_names: str | None
    family_name: str | None
    date_of_birth: date | None
    nhs_number: str | None
    said_now: bool
    method: str | None
    parts: tuple[str, ...]
    since: int | None  # milliseconds since 1970
    since_on: date | None
    services: tuple[ServiceRow, ...]


@dataclass(frozen=True)
class WishRow:
    """What is asked, as the graph holds it."""

    judgement_id: str
    records: tuple[str, ...]
    whose: str  # the child whose they are said to be; the entry's own child if nobody knows
    by: str
    on: date
    name: str | None


@dataclass(frozen=True)
class Checked:
    """Which lines are to be taken off, and the name of the child whose they are said to be."""

    page: MadeOf
    lines: tuple[RecordLine, ...]
    whose: str | None


LIST_MADE_OF = Query("review/list_made_of", RecordRow)
FIND_WISH = Query("review/find_wish", WishRow)


def show_made_of(db: Database, asked: Asked) -> MadeOf:
    """The records of the child of this page, how each came to be the child's, and what is asked about them.

    NotFound if the user does not answer for the child. Here as below, Unproven without a fresh proof where the child is
    shielded.
    """

    def work(tx: Transaction, opened: Opened) -> Told[MadeOf] | Denied:
        desk = _open(db, tx, opened, asked)
        if isinstance(desk, Denied):
            return desk
        refs = desk.refs(desk.wish.whose if desk.wish else None)
        return Told(desk.page, "records", refs, ("name", "date_of_birth", "records"), count=len(desk.rows))

    return requests.disclosed(db, asked, "records.show", work, roles=REVIEWERS)


def check_off(db: Database, asked: Asked, chosen: Collection[str], whose: str = "") -> Checked:
    """What is about to be asked, before it is kept. Raises as `ask_off`."""

    def work(tx: Transaction, opened: Opened) -> Told[Checked] | Denied:
        desk = _open(db, tx, opened, asked)
        if isinstance(desk, Denied):
            return desk
        try:
            lines = check_chosen(desk.page.lines, chosen)
            other = _whose(tx, opened, whose, desk)
        except Refused as error:
            return Denied(error, "records: refused", (desk.child_id,))
        name = None if other is None else _name(tx, opened, other)
        checked = Checked(desk.page, lines, name)
        return Told(checked, "records", desk.refs(other), ("name", "records"), count=len(lines))

    return requests.disclosed(db, asked, "records.show", work, roles=REVIEWERS)


def ask_off(db: Database, asked: Asked, version: str, chosen: Collection[str], whose: str = "") -> None:
    """Nothing; another person of the team is asked to agree that these records are another child's.

    `whose` is that child's directory number, or empty. NotFound as for the page; Refused as `check_chosen` and for a
    number that is nobody's; Conflict if the entry has changed or somebody has asked already.
    """
    judgement_id = secrets.token_hex(12)

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        desk = _open(db, tx, opened, asked)
        if isinstance(desk, Denied):
            return desk
        try:
            desk.check(version)
            if desk.wish is not None:
                raise Conflict(_WAITS)
            lines = check_chosen(desk.page.lines, chosen)
            other = _whose(tx, opened, whose, desk) or desk.child_id
        except (Conflict, Refused) as error:
            return Denied(error, f"records: {type(error).__name__.lower()}", (desk.child_id,))
        records = [desk.rows[line.key].record for line in lines]
        properties = _kept(desk, TAKING_OFF, judgement_id) | {"entry": other, "records": records}
        tx.write(
            RECORD_JUDGEMENT, judgement_id=judgement_id, entry=other, candidate=desk.child_id, properties=properties
        )
        return Told(None, "asked to take off", desk.refs(other), (f"judgement:{judgement_id}",), count=len(records))

    return requests.disclosed(db, asked, "records.ask", work, roles=REVIEWERS)


def take_off(db: Database, asked: Asked, version: str) -> str:
    """The decision by which the records that somebody else asked about have left the page and have one of their own.

    Unproven without a fresh proof; Conflict while a load runs, if the entry has changed, or if the user has asked it.
    """
    new_id, person = secrets.token_hex(12), identity.new_person_id()

    def work(tx: Transaction, opened: Opened) -> Told[str] | Denied:
        desk = _open(db, tx, opened, asked)
        if isinstance(desk, Denied):
            return desk
        try:
            wish = desk.waiting(version)
            if wish.by == opened.user.user_id:
                raise Conflict(_MINE)
            unproven = fresh.lacking(tx, asked.token, Action.MERGE, asked.handle)
            if unproven is not None:
                raise unproven
            identity.hold(tx, new_id)
            if identity.check_removable(tx, wish.records, desk.child_id) != tuple(sorted(wish.records)):
                raise Conflict(_STALE)
        except SignpostError as error:
            return Denied(error, f"records: {type(error).__name__.lower()}", (desk.child_id,))
        moved = _carry_out(tx, desk, wish, new_id, person)
        acts = (f"judgement:{new_id}", f"undoes:{wish.judgement_id}")
        return Told(new_id, "taken off", desk.refs(person, wish.whose), acts, count=moved)

    return requests.disclosed(db, asked, "records.take_off", work, roles=REVIEWERS)


def _carry_out(tx: Transaction, desk: "_Desk", wish: WishRow, new_id: str, person: str) -> int:
    user, moment = desk.opened.user.user_id, clock.now()
    run = identity.begin(tx, judgement_id=new_id, by=user, kind="part")
    act = Act(user, new_id, clock.milliseconds(moment), clock.day_in_england(moment), run)
    tx.write(identity.CREATE_PERSON, person_id=person, run=run)
    moved = identity.take_off(tx, wish.records, start=desk.child_id, end=person, act=act)
    # Of what came by a first load it is not known when: whoever ever looked is asked about.
    came = [row.since or 0 for row in desk.rows.values() if row.record in wish.records]
    kept = _kept(desk, TAKEN_OFF, new_id) | {
        "entry": person,
        "records": list(moved),
        "run": run,
        "since": min(came),
        "reason": MIXED,
        "said": Said.DIFFERENT.value,
        "settled": Said.DIFFERENT.value,
        "undoes": wish.judgement_id,
    }
    tx.write(RECORD_JUDGEMENT, judgement_id=new_id, entry=person, candidate=desk.child_id, properties=kept)
    if wish.whose != desk.child_id:
        propose(tx, person, wish.whose, record=moved[0], run=run)
    return len(moved)


def keep(db: Database, asked: Asked, version: str) -> None:
    """Nothing; the wish is refused by this person, or taken back, and every record stays where it is."""
    new_id = secrets.token_hex(12)

    def work(tx: Transaction, opened: Opened) -> Told[None] | Denied:
        desk = _open(db, tx, opened, asked)
        if isinstance(desk, Denied):
            return desk
        try:
            wish = desk.waiting(version)
        except Conflict as error:
            return Denied(error, "records: conflict", (desk.child_id,))
        kept = _kept(desk, KEPT, new_id) | {"entry": desk.child_id, "undoes": wish.judgement_id}
        tx.write(RECORD_JUDGEMENT, judgement_id=new_id, entry=desk.child_id, candidate=desk.child_id, properties=kept)
        return Told(None, "kept", (desk.child_id,), (f"undoes:{wish.judgement_id}",), count=1)

    return requests.disclosed(db, asked, "records.keep", work, roles=REVIEWERS)


@dataclass(frozen=True)
class _Desk:
    """One child's entry with what is asked about it, read under the lock of the user."""

    opened: Opened
    child_id: str
    page: MadeOf
    rows: dict[str, RecordRow]  # by the key of their lines
    wish: WishRow | None

    def refs(self, *others: str | None) -> tuple[str, ...]:
        """Whom an act tells of: this child, and each of the others who is another."""
        return tuple(dict.fromkeys((self.child_id, *filter(None, others))))

    def check(self, version: str) -> None:
        """Nothing; Conflict if the entry is not as it was when its page was made."""
        if not hmac.compare_digest(self.page.version, version):
            raise Conflict(_STALE)

    def waiting(self, version: str) -> WishRow:
        """What is asked; Conflict if nothing is, or if the entry is not as it was."""
        if self.wish is None:
            raise Conflict(_NO_WISH)
        self.check(version)
        return self.wish


def _open(db: Database, tx: Transaction, opened: Opened, asked: Asked) -> _Desk | Denied:
    found = requests.answered(db, tx, opened, asked)
    if isinstance(found, Denied):
        return found
    _, child, shown = found
    unproven = fresh.lacking(tx, asked.token, Action.MERGE, asked.handle) if child.shielded else None
    if unproven is not None:
        return Denied(unproven, "no fresh proof", (child.child_id,))
    mark, viewer = opened.received, opened.user.viewer
    read = tx.read(
        LIST_MADE_OF,
        child_id=child.child_id,
        kinds=[kind for kind in KINDS if may_name(viewer, "involvements", (kind,))],
        published=mark.published,
        withdrawn=list(mark.withdrawn),
    )
    wish = tx.read_one(FIND_WISH, child_id=child.child_id)
    key = session_key(asked.token, "records")
    rows = {_key(key, row.record): row for row in read}
    lines = tuple(_line(name, row, wish, viewer) for name, row in rows.items())
    page = MadeOf(
        name=shown.page.name,
        handle=asked.handle,
        version=_version(key, rows.values(), wish),
        shielded=child.shielded,
        lines=lines,
        wish=None if wish is None else _wish(tx, opened, child.child_id, wish),
    )
    return _Desk(opened, child.child_id, page, rows, wish)


def _key(key: bytes, record: str) -> str:
    return f"r{hmac.new(key, record.encode(), sha256).hexdigest()[:12]}"


def _version(key: bytes, rows: Collection[RecordRow], wish: WishRow | None) -> str:
    text = " ".join([wish.judgement_id if wish else "", *sorted(row.record for row in rows)])
    return hmac.new(key, text.encode(), sha256).hexdigest()[:32]


def _line(key: str, row: RecordRow, wish: WishRow | None, viewer: Viewer) -> RecordLine:
    feed = FEEDS.get(row.source)
    seen = [each.name for each in row.services if may_name(viewer, row.source, (each.kind,))]
    return RecordLine(
        key=key,
        source=TITLE if row.source == SOURCE else feed.title if feed else row.source.replace("_", " "),
        name=" ".join(filter(None, (row.forename, row.middle_names, row.family_name))) or None,
        date_of_birth=row.date_of_birth,
        services=tuple(dict.fromkeys(seen)),
        since=row.since_on,
        said_now=row.said_now,
        how=how_said(row.method),
        clues=clues(row.parts),
        numbered=row.nhs_number is not None,
        asked=wish is not None and row.record in wish.records,
    )


def _wish(tx: Transaction, opened: Opened, child_id: str, wish: WishRow) -> Wish:
    name = None if wish.whose == child_id else _name(tx, opened, wish.whose)
    return Wish(wish.on, wish.name or "Not known", wish.by == opened.user.user_id, name)


def _whose(tx: Transaction, opened: Opened, number: str, desk: _Desk) -> str | None:
    """The child of that directory number; None if none is given, Refused if it is nobody whom the user may see."""
    wanted = "".join(number.split()).upper()
    if not wanted:
        return None
    if wanted == desk.child_id or _name(tx, opened, wanted) is None:
        raise Refused(NOBODY)
    return wanted


def _name(tx: Transaction, opened: Opened, child_id: str) -> str | None:
    """The name of another child for this user; None for one who is shielded, so that no number tells of a shield."""
    mark, today = opened.received, clock.day_in_england(clock.now())
    read = list_children(tx, [child_id], published=mark.published, withdrawn=mark.withdrawn, today=today)
    child = read.get(child_id)
    row = None if child is None or child.now.shielded else fold_row(child.now, opened.user.viewer, "", today)
    return None if row is None else row.name


def _kept(desk: _Desk, kind: str, judgement_id: str) -> dict[str, Any]:
    """What every judgement about an entry's records keeps."""
    moment = clock.now()
    return {
        "kind": kind,
        "judgement_id": judgement_id,
        "candidate": desk.child_id,
        "authority": desk.opened.user.authority,
        "by": desk.opened.user.user_id,
        "at": clock.milliseconds(moment),
        "on": clock.day_in_england(moment),
        "after": desk.opened.received.published,
    }
