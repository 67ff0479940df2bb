"""Subject-access packs: everything that is held about one child, gone through by a person, and then made.

Both steps are disclosures to a data manager of the child's authority, and each event lists what was shown.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from graph.model import clock
from graph.model.brokering import Outcome
from graph.model.corrections import RequestLine, asker_coded
from graph.model.errors import Conflict, Refused, SignpostError
from graph.model.feeds import FEEDS
from graph.model.intervals import in_words
from graph.model.packs import Choice, Concern, Held, Item, Occasion, Pack, Section, make
from graph.model.shielding import Ground
from graph.services import fresh, looks, requests
from graph.services.circle import is_sheltered
from graph.services.disclosure import Denied, Opened, Told
from graph.services.fresh import Action
from graph.services.handles import session_key
from graph.services.held import HeldFact, HeldRecord, Lines, lines_of
from graph.services.shielding import LIST_OF_CHILD, ShieldRow
from graph.services.statements import Asked
from graph.store import Database, Query, Transaction

_STALE = (
    "Something of what is held has changed since you opened the page. Nothing was made. Go through the lines again."
)


@dataclass(frozen=True)
class WaitingRow:
    """An entry that may be the child and waits for a person."""

    record: str
    feed: str | None
    since: date | None


@dataclass(frozen=True)
class AskingRow:
    """A question to the team about the child."""

    asking_id: str
    asked_on: date
    outcome: str | None


@dataclass(frozen=True)
class Wish:
    """What somebody says of a pack: of which state, what is done with each line, who asked, and a code."""

    version: str
    choices: Mapping[str, Choice]
    asker: str
    code: str = ""


LIST_RECORDS = Query("packs/list_records", HeldRecord)
LIST_FACTS = Query("packs/list_facts", HeldFact)
LIST_WAITING = Query("packs/list_waiting", WaitingRow)
LIST_ASKINGS = Query("packs/list_askings", AskingRow)


def list_held(db: Database, asked: Asked) -> Held:
    """Everything that is held about the child, line by line, for who goes through it before a pack is made.

    NotFound if the user does not answer for the child; Unproven without a fresh proof where the child is shielded.
    """

    def work(tx: Transaction, opened: Opened) -> Told[Held] | Denied:
        held = _held(db, tx, opened, asked)
        if isinstance(held, Denied):
            return held
        unproven = fresh.lacking(tx, asked.token, Action.EXPORT, asked.handle) if held.shielded else None
        if unproven is not None:
            return Denied(unproven, "no fresh proof", (held.child_number,))
        read = [item for item in held.items if not item.number]
        fields = ("name", *_names(read), *(f"{Section.NUMBERS}: {len(held.of(Section.NUMBERS))}",))
        return Told(held, "everything held", (held.child_number,), fields, _facts(read), len(read))

    return requests.disclosed(db, asked, "pack.open", work, roles=requests.OWNERS)


def make_pack(db: Database, asked: Asked, wish: Wish) -> Pack:
    """The pack with the lines that this person has left in it, recorded as one export.

    NotFound if the user does not answer for the child, Conflict if what is held has changed since it was gone through,
    Refused off the lists or while a line is undecided, and without a right code or a fresh proof (Unproven).
    """

    def work(tx: Transaction, opened: Opened) -> Told[Pack] | Denied:
        held = _held(db, tx, opened, asked)
        if isinstance(held, Denied):
            return held
        refs = (held.child_number,)
        if wish.version != held.version:
            return Denied(Conflict(_STALE), "pack: stale", refs)
        user = opened.user
        try:
            occasion = Occasion(asker_coded(wish.asker), user.name, user.organisation, clock.now())
            pack = make(held, wish.choices, occasion)
        except Refused as error:
            return Denied(error, "pack: not on the list, or undecided", refs)
        unproven = _unproven(tx, opened, asked, wish.code)
        if unproven is not None:
            return Denied(unproven, "no fresh proof", refs)
        items = pack.held.items
        left_out = tuple(f"left_out:{choice}={number}" for choice, number in pack.left_out)
        fields = ("name", *_names(items), f"for:{occasion.asker}", *left_out)
        return Told(pack, "pack", refs, fields, _facts(items), len(items))

    return requests.disclosed(db, asked, "pack.make", work, roles=requests.OWNERS)


def _unproven(tx: Transaction, opened: Opened, asked: Asked, code: str) -> SignpostError | None:
    """What the making is refused with: a wrong code, or no code and no proof of the last minutes; None if it is not."""
    unproven = fresh.lacking(tx, asked.token, Action.EXPORT, asked.handle)
    if unproven is None or not code:
        return unproven
    return None if fresh.spend_code(tx, asked.token, opened.user.user_id, code) else Refused(fresh.WRONG_CODE)


def _held(db: Database, tx: Transaction, opened: Opened, asked: Asked) -> Held | Denied:
    found = requests.answered(db, tx, opened, asked)
    if isinstance(found, Denied):
        return found
    _, child, shown = found
    child_id, mark, today = child.child_id, opened.received, clock.day_in_england(clock.now())
    visible = {"published": mark.published, "withdrawn": list(mark.withdrawn)}
    key = session_key(asked.token, "packs")
    lines = Lines(key, guards=child.shielded or is_sheltered(child))
    lines_of(
        lines, tx.read(LIST_RECORDS, child_id=child_id, **visible), tx.read(LIST_FACTS, child_id=child_id, **visible)
    )
    for shield in tx.read(LIST_OF_CHILD, child_id=child_id, today=today):
        lines.add(_of_shield(shield))
    if not child.shielded:
        # Of a shielded child nothing is said that may be another entry's: that is looked after by command.
        for waiting in tx.read(LIST_WAITING, child_id=child_id, today=today, **visible):
            lines.add(_of_waiting(waiting))
    for asking in tx.read(LIST_ASKINGS, child_id=child_id):
        lines.add(_of_asking(asking))
    for line in requests.list_of_child(tx, child_id, today):
        lines.add(_of_request(line))
    page = looks.family_page(tx, shown.page.name, child_id)
    lines.add(_of_looks(guards=child.shielded))
    items = lines.items()
    version = hmac.new(key, repr(sorted(item.key for item in items)).encode(), sha256).hexdigest()[:32]
    return Held(asked.handle, shown.page.name, child_id, child.shielded, version, items, page)


def _own(label: str, value: str, since: date | None, name: str, concern: Concern = Concern.GUARDED) -> Item:
    return Item("", Section.DIRECTORY, label, value, concern, since=since, names=(name,))


def _of_shield(row: ShieldRow) -> Item:
    ground = f": {Ground(row.ground).words}" if row.ground else ""
    review = f". To be reviewed by {in_words(row.review_on)}" if row.review_on else ""
    return _own("Shield", f"A shield is over the entry{ground}{review}", row.since, f"shield@{row.shield_id}")


def _of_waiting(row: WaitingRow) -> Item:
    feed = FEEDS.get(row.feed or "")
    came = feed.title if feed else "A list"
    value = (
        f"An entry that came in by “{came}” may be this child. A person has yet to say. It adds nothing to any page."
    )
    return _own("Waits to be decided", value, row.since, f"waiting@{row.record}", Concern.OWN)


def _of_asking(row: AskingRow) -> Item:
    outcome = Outcome(row.outcome).words if row.outcome else "Not answered yet"
    return _own("A question to the directory team", outcome, row.asked_on, f"asking@{row.asking_id}")


def _of_request(line: RequestLine) -> Item:
    words = [line.wrong.words, f"Due by {in_words(line.due_on)}"]
    words += [f"Looked at by {line.taken_by}"] if line.taken_by else []
    if line.outcome and line.settled_on:
        words.append(f"{line.outcome.words}, {in_words(line.settled_on)}")
    words += [f"Why: {line.refusal.words}"] if line.refusal else []
    words += [f"To be looked at again on {in_words(line.review_on)}"] if line.review_on else []
    words += ["They were told that they may complain to the Information Commissioner"] if line.told else []
    label = f"{line.kind.capitalize()} asked for" if line.objector is None else f"{line.kind.capitalize()} made"
    return _own(label, ". ".join(words), line.asked_on, f"request@{line.request_id}", Concern.OWN)


def _of_looks(*, guards: bool) -> Item:
    # Who looks after a shielded child is part of where the child is. How many looks is not said: this is one of them.
    concern = Concern.WHEREABOUTS if guards else Concern.OWN
    value = "Each look: who, when, what and why, as families are told"
    return Item("", Section.LOOKS, "Who looked at the entry", value, concern, names=("users",))


def _names(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(sorted({name for item in items for name in item.names}))


def _facts(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(sorted({fact for item in items for fact in item.facts}))
