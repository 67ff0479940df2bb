"""Match review: what waits for a person, both identities beside each other, what people decide, and taking it apart.

Data managers decide, for children of their own authority (matching.md 7 and 8; decision 17). The command line hears
counts, reasons and where a record came from, and never of whom it speaks.
"""

import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, TypeVar

from graph.model import clock
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.feeds import FEEDS
from graph.model.intervals import Interval, in_words
from graph.model.kinds import kind_named
from graph.model.made_of import MIXED, TAKEN_OFF
from graph.model.names import fold_whole
from graph.model.paging import page_of
from graph.model.review import (
    FIRST_KINDS,
    Case,
    CaseLine,
    CasePage,
    Decided,
    DecidedLine,
    DecidedList,
    Doubt,
    Look,
    Looked,
    Opinion,
    Queue,
    Row,
    Said,
    Stage,
    WishLine,
    clues,
    doubt_said,
    folded,
    in_order,
    margin_words,
    numbers_said,
    rivals,
    said_coded,
    settled,
    strength_of,
)
from graph.model.roles import Role
from graph.model.visibility import Part, Relation, Sight, Viewer
from graph.model.visibility import decide as may_see
from graph.services import identity, load_queries, loads
from graph.services.circle import fold_row, is_family
from graph.services.disclosure import FIND_JOINED, Denied, Opened, Told, disclose
from graph.services.handles import child_of, handle_of, session_key
from graph.services.identity import Act, Runs
from graph.services.several import list_children
from graph.store import Database, Query, Transaction

PAGE = 20
# What data managers do with decisions is no look at the child.
_OWN = [
    *("review.decide", "review.decided", "review.decision", "review.looks", "review.part"),
    *("review.ask_again", "records.ask", "records.take_off", "records.keep"),
]
REVIEWERS = frozenset({Role.DATA_MANAGER})
READERS = REVIEWERS | {Role.AUDITOR}
_NO_CASE = "This case is decided already, or it is another authority’s. Open the list again."
_SHIELDED = (
    "One of the two records is shielded, so nothing of this case is shown here. "
    "Whoever looks after the shield decides it. Ask the directory team’s manager."
)
_NO_SHIELD = "No shield is over this case. A data manager decides it in Signpost, under Match review."
_FAMILY = "You have the name of a carer of one of these children. Somebody else of your team has to decide."
_SAID = "You have said what you think of this case. Another person of your team has to look at it now."
_STALE = "Something of this case has changed since you opened it. Nothing was kept. Look at it again, and then decide."
_BANNED = "A person has decided before that these are different children. Nothing was changed."
_NO_DECISION = "There is no such decision, or it is another authority’s. Open the list again."
_NOT_TAKEN_OFF = "These records are not by themselves any more, or none were taken off. Open the list again."
_ASKED = "That is asked already. Open Match review to see how far it has come."
_NOT_JOINED = "These two were not joined, or they have been taken apart already. Open the list again."

Result = TypeVar("Result")


@dataclass(frozen=True)
class Key:
    """The key of what was found or written."""

    key: str


@dataclass(frozen=True)
class Number:
    """How many there are."""

    number: int


@dataclass(frozen=True)
class SaidOf:
    """What one record says of a child."""

    record: str
    source: str
    forename: str | None
    middle_names: str | None
    family_name: str | None
    preferred_forename: str | None
    preferred_family_name: str | None
    former_family_name: str | None
    other_names: tuple[str, ...]
    date_of_birth: date | None
    sex: str | None
    postcode: str | None
    former_postcodes: tuple[str, ...]
    nhs_number: str | None
    upn: str | None
    multiple_birth: bool | None
    kinds: tuple[str | None, ...]


@dataclass(frozen=True)
class Around:
    """A place or a person around a child."""

    type: str
    fact_id: str
    record: str | None
    since: date | None
    until: date | None
    relationship: str | None
    target: str
    lines: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Housemate:
    """Another child of the same home, as one register names it."""

    person_id: str
    source: str
    forename: str | None
    family_name: str | None
    date_of_birth: date | None


@dataclass(frozen=True)
class Identity:
    """Everything that tells one child from another."""

    person_id: str
    records: tuple[SaidOf, ...]
    facts: tuple[Around, ...]
    household: tuple[Housemate, ...]


@dataclass(frozen=True)
class DecidedRow:
    """One decided case as the graph holds it."""

    judgement_id: str
    kind: str
    entry: str
    candidate: str
    said: str
    reason: str
    on: date
    at: int
    authority: str | None
    run: int | None
    records: tuple[str, ...] | None
    since: int | None  # when the first of the records that were taken off came to the child
    by: str | None
    taken_apart_on: date | None
    taken_apart_at: int | None


@dataclass(frozen=True)
class WishRow:
    """What is asked about the records of one child's entry."""

    child_id: str
    on: date
    by: str


@dataclass(frozen=True)
class LookRow:
    """One event of the audit in which a child was shown."""

    at: int
    actor: str
    action: str
    content: bytes
    name: str | None


LIST_PROPOSED = Query("review/list_proposed", Key)
LIST_CASES = Query("review/list_cases", Case)
LIST_IDENTITIES = Query("review/list_identities", Identity)
RECORD_JUDGEMENT = Query("review/record_judgement", Key)
LIST_DECIDED = Query("review/list_decided", DecidedRow)
COUNT_DECIDED = Query("review/count_decided", Number)
LOCK_JUDGEMENT = Query("review/lock_judgement", DecidedRow)
LIST_LOOKS = Query("review/list_looks", LookRow)
LIST_WISHES = Query("review/list_wishes", WishRow)


@dataclass(frozen=True)
class WaitingCase:
    """A case as the command line may tell of it: where its record came from and why it waits, never what it says."""

    case: str
    feed: str
    supplier: str
    run: int
    line: int | None
    reason: str
    days: int | None
    people: int
    stage: str


def list_waiting(db: Database, limit: int = 1000) -> list[WaitingCase]:
    """The cases of every authority in the order in which they are to be looked at, without a word of what they say."""
    publication, today = loads.show_publication(db), clock.day_in_england(clock.now())
    runs = Runs(publication.published, tuple(publication.withdrawn), None)
    cases = db.transact(lambda tx: in_order(_cases(tx, runs, None, today), today))
    return [_waiting(case, today) for case in cases[:limit]]


def case_under_shield(tx: Transaction, runs: Runs, record: str) -> Case:
    """The case of this record, hidden from data managers by a shield. NotFound, or Refused if none is over it."""
    today = clock.day_in_england(clock.now())
    for case in in_order(_cases(tx, runs, None, today), today):
        if case.record == record:
            if not case.shielded:
                raise Refused(_NO_SHIELD)
            return case
    raise NotFound(f"No case {record} waits. List them with: python -m loaders review.")


def _waiting(case: Case, today: date) -> WaitingCase:
    hidden = case.shielded
    return WaitingCase(
        case=case.record,
        feed=case.origin.source if case.origin else "",
        supplier=case.origin.supplier if case.origin else "",
        run=case.run,
        line=case.origin.line if case.origin else None,
        reason="shielded" if hidden else case.why.short,
        days=(today - case.since).days if case.since else None,
        people=1 if hidden else case.needs,
        stage=case.stage.value,
    )


def list_queue(db: Database, token: str, *, page: int = 1) -> Queue:
    """One page of the cases of the user's authority, what can do most harm first; no child is named."""

    def work(tx: Transaction, opened: Opened) -> Told[Queue] | Denied:
        today = clock.day_in_england(clock.now())
        cases = in_order(_cases(tx, _runs(opened), opened.user.authority or "", today), today)
        at, pages = page_of(page, len(cases), PAGE)
        shown = cases[(at - 1) * PAGE : at * PAGE]
        stages = [case.stage for case in cases]
        queue = Queue(
            lines=tuple(_case_line(case, token, opened.user.user_id, today) for case in shown),
            page=at,
            pages=pages,
            count=len(cases),
            first=sum(1 for case in cases if not case.shielded and case.grave),
            second=stages.count(Stage.SECOND),
            unsure=stages.count(Stage.UNSURE),
            shielded=stages.count(Stage.SHIELDED),
            wishes=tuple(
                WishLine(handle_of(token, row.child_id), row.on, row.by == opened.user.user_id)
                for row in tx.read(LIST_WISHES, authority=opened.user.authority or "")
            ),
        )
        return Told(queue, "cases, no names", fields=("counts", "reasons"), count=len(shown))

    return disclose(db, token, "review.queue", work, roles=REVIEWERS)


def _case_line(case: Case, token: str, user_id: str, today: date) -> CaseLine:
    hidden = case.shielded
    return CaseLine(
        handle=None if hidden else handle_of(token, case.entry),
        reason="A record is shielded" if hidden else case.why.short,
        since=case.since,
        days=(today - case.since).days if case.since else 0,
        needs=1 if hidden else case.needs,
        stage=case.stage,
        mine=not hidden and user_id in {opinion.by for opinion in case.opinions},
    )


def show_case(db: Database, token: str, handle: str) -> CasePage:
    """Both identities beside each other, and what speaks for and against.

    NotFound if the case is not there for this user; Refused where a child is shielded, or of the user's own family.
    """

    def work(desk: _Desk) -> Told[CasePage]:
        case, both = desk.case, desk.identities
        near = [both[rival.candidate] for rival in rivals(desk.cases, case) if rival.candidate in both]
        page = CasePage(
            handle=handle,
            version=_version(token, case),
            name=_name(both[case.entry], desk.viewer, case.record) or "a child without a name",
            reason=case.why.words,
            rows=_rows(both[case.entry], both[case.candidate], desk),
            clues=clues(case.parts),
            overall=None if case.weight is None else strength_of(case.weight),
            margin=margin_words(case.margin, rival_known=bool(near)),
            rival=_rival_words(near[0], desk) if near else (),
            needs=case.needs,
            stage=case.stage,
            may_decide=case.may_decide(desk.opened.user.user_id),
            source=_title(case),
            since=case.since,
        )
        shown = (case.entry, case.candidate, *(each.person_id for each in near[:1]))
        around = {mate.person_id for person in shown[:2] for mate in both[person].household}
        facts = {fact.fact_id for person in shown[:2] for fact in both[person].facts}
        fields = ("carers", "date_of_birth", "home", "household", "name", "practice", "school", "sex")
        refs = tuple(dict.fromkeys((*shown, *sorted(around))))
        return Told(page, "match review", refs, fields, tuple(sorted(facts)), len(refs))

    return _at_case(db, token, handle, "review.open", work)


def decide(db: Database, token: str, handle: str, version: str, said: str) -> Decided:
    """What has come of what this user says: kept as a judgement, and carried out once as many agree as must.

    Conflict if the case has changed since `version`, if a load runs, or if the user has said it already; Refused off
    the list.
    """
    judgement_id = secrets.token_hex(12)

    def work(desk: _Desk) -> Told[Decided]:
        case, user = desk.case, desk.opened.user
        choice = said_coded(said)
        if not hmac.compare_digest(_version(token, case), version):
            raise Conflict(_STALE)
        if not case.may_decide(user.user_id):
            raise Conflict(_SAID)
        # Whom people have parted is never asked of by a load; where people ask themselves, two others decide.
        banned = desk.tx.read_one(identity.FIND_BAN, one=case.entry, other=case.candidate) is not None
        if banned and case.why is not Doubt.SAID:
            raise Conflict(_BANNED)
        mine = _opinion(user.user_id, choice, desk.moment)
        outcome = settled((*case.opinions, mine), case.needs)
        done = _carry_out(desk, outcome, judgement_id)
        desk.tx.write(
            RECORD_JUDGEMENT,
            entry=case.entry,
            candidate=case.candidate,
            judgement_id=judgement_id,
            properties=_kept(desk, choice, outcome, done),
        )
        fields = (f"judgement:{judgement_id}", f"said:{choice}", *((f"settled:{outcome}",) if outcome else ()))
        return Told(Decided(choice, outcome), "judgement", (case.entry, case.candidate), fields, count=2)

    return _at_case(db, token, handle, "review.decide", work, writes=True)


def _opinion(user_id: str, choice: Said, moment: datetime) -> Opinion:
    return Opinion(user_id, choice.value, clock.milliseconds(moment))


@dataclass(frozen=True)
class _Done:
    """Under which run a decision was carried out, and which records it moved."""

    run: int | None = None
    records: tuple[str, ...] = ()


def _carry_out(desk: "_Desk", outcome: Said | None, judgement_id: str) -> _Done:
    case, user = desk.case, desk.opened.user
    at = clock.milliseconds(desk.moment)
    act = Act(user.user_id, judgement_id, at, desk.today, run=0)
    match outcome:
        case None | Said.UNSURE:
            return _Done()
        case Said.DIFFERENT:
            identity.forbid(desk.tx, case.entry, case.candidate, act)
            _end_proposals(desk.tx, case, candidate=case.candidate, run=0)
            return _Done()
        case Said.SAME:
            identity.check_joinable(desk.tx, case.entry, case.candidate)
            run = identity.begin(desk.tx, judgement_id=judgement_id, by=user.user_id, kind="join")
            _end_proposals(desk.tx, case, candidate=None, run=run)
            desk.tx.write(identity.LIFT_BANS, one=case.entry, other=case.candidate)
            moved = identity.join(desk.tx, entry=case.entry, into=case.candidate, act=replace(act, run=run))
            return _Done(run, moved)


def _end_proposals(tx: Transaction, case: Case, *, candidate: str | None, run: int) -> None:
    tx.write(identity.RETIRE_PROPOSALS, entry=case.entry, record=case.record, candidate=candidate, run=run)


def _kept(desk: "_Desk", said: Said, outcome: Said | None, done: _Done) -> dict[str, Any]:
    """What a judgement keeps: who said what of which record, on what evidence, and what it has changed."""
    case, user = desk.case, desk.opened.user
    return {
        "kind": "case",
        "record": case.record,
        "entry": case.entry,
        "candidate": case.candidate,
        "authority": user.authority,
        "reason": case.reason,
        "weight": case.weight,
        "margin": case.margin,
        "parts": list(case.parts),
        "policy": case.policy,
        "model": case.model,
        "said": said.value,
        "settled": outcome.value if outcome else None,
        "by": user.user_id,
        "at": clock.milliseconds(desk.moment),
        "on": desk.today,
        "after": desk.runs.published,
        "run": done.run,
        "records": list(done.records),
    }


def list_decided(db: Database, token: str, *, page: int = 1) -> DecidedList:
    """One page of what the data managers of the user's authority have decided, newest first."""

    def work(tx: Transaction, opened: Opened) -> Told[DecidedList] | Denied:
        authority = opened.user.authority or ""
        count = tx.read(COUNT_DECIDED, authority=authority)[0].number
        at, pages = page_of(page, count, PAGE)
        rows = tx.read(LIST_DECIDED, authority=authority, skip=(at - 1) * PAGE, limit=PAGE)
        lines, refs = _decided_lines(tx, opened, rows)
        return Told(DecidedList(tuple(lines), at, pages, count), "decisions", refs, ("name",), count=len(lines))

    return disclose(db, token, "review.decided", work, roles=REVIEWERS)


def show_decided(db: Database, token: str, judgement_id: str) -> DecidedLine:
    """One decision of the user's authority. NotFound if it is not theirs."""

    def work(tx: Transaction, opened: Opened, row: DecidedRow) -> Told[DecidedLine] | Denied:
        (line,), refs = _decided_lines(tx, opened, [row])
        return Told(line, "decision", refs, (f"judgement:{judgement_id}", "name"), count=1)

    return _at_judgement(db, token, judgement_id, "review.decision", work)


def ask_again(db: Database, token: str, judgement_id: str) -> None:
    """Nothing; whether records that were taken off a page are that child's after all is a case of the queue now.

    Raises NotFound, or Conflict: while a load runs, where no records were taken off, or if it is asked already.
    """
    op_id = secrets.token_hex(12)

    def work(tx: Transaction, opened: Opened, row: DecidedRow) -> Told[None] | Denied:
        pair = (row.entry, row.candidate)
        try:
            if row.kind != TAKEN_OFF:
                raise Conflict(_NOT_TAKEN_OFF)
            runs, today = identity.hold(tx, op_id), clock.day_in_england(clock.now())
            mine = {each.record for each in tx.read(identity.LIST_IDENTIFIED, person_id=row.entry)}
            records = sorted(mine & set(row.records or ()))
            if not records:
                raise Conflict(_NOT_TAKEN_OFF)
            if any(case.candidate == row.candidate for case in _read_cases(tx, [row.entry], runs, today)):
                raise Conflict(_ASKED)
        except Conflict as error:
            return Denied(error, "decision: cannot be asked again", pair)
        run = identity.begin(tx, judgement_id=judgement_id, by=opened.user.user_id, kind="question")
        propose(tx, *pair, record=records[0], run=run)
        return Told(None, "asked again", pair, (f"judgement:{judgement_id}",), count=2)

    return _at_judgement(db, token, judgement_id, "review.ask_again", work)


def propose(tx: Transaction, entry: str, candidate: str, *, record: str, run: int) -> None:
    """Nothing; two people are asked whether the two are one child, because a person says so."""
    properties = {"record": record, "reason": Doubt.SAID.value, "parts": [], "run": run}
    rows = [{"person_id": entry, "candidate": candidate, "properties": properties}]
    tx.write(load_queries.CREATE_POSSIBLE_SAME_AS, rows=rows)


def take_apart(db: Database, token: str, judgement_id: str, records: Sequence[str] | None = None) -> None:
    """Nothing; the records that this decision joined are another entry's again, and the two are not joined any more.

    They go back to the entry that they came from if it is empty still. A part of them may be named by `records`.
    Raises NotFound, or Conflict: while a load runs, or where they were not joined or have been taken apart already.
    """
    new_id, person = secrets.token_hex(12), identity.new_person_id()

    def work(tx: Transaction, opened: Opened, row: DecidedRow) -> Told[None] | Denied:
        try:
            act, back = part(
                tx, row, records, by=opened.user.user_id, authority=opened.user.authority, new=(new_id, person)
            )
        except Conflict as error:
            return Denied(error, "decision: cannot be taken apart", (row.entry, row.candidate))
        fields = (f"judgement:{act.judgement_id}", f"undoes:{judgement_id}")
        refs = tuple(dict.fromkeys((*back, row.entry, row.candidate)))
        return Told(None, "taken apart", refs, fields, count=2)

    return _at_judgement(db, token, judgement_id, "review.part", work)


def part(
    tx: Transaction,
    row: DecidedRow,
    records: Sequence[str] | None,
    *,
    by: str,
    authority: str | None,
    new: tuple[str, str],
) -> tuple[Act, tuple[str, str]]:
    """What took a decision apart, and the two that its records are of now; `new` names it and a person to be made.

    Raises Conflict, before anything is written: while a load runs, or where the two are not joined any more.
    """
    if row.said != Said.SAME or row.run is None or row.taken_apart_on is not None:
        raise Conflict(_NOT_JOINED)
    new_id, person = new
    moment = clock.now()
    runs = identity.hold(tx, new_id)
    now = _where_now(tx, row)
    wanted = identity.check_removable(tx, records or row.records or (), now)
    run = identity.begin(tx, judgement_id=new_id, by=by, kind="part")
    act = Act(by, new_id, clock.milliseconds(moment), clock.day_in_england(moment), run)
    empty = not tx.read(identity.LIST_IDENTIFIED, person_id=row.entry)
    back = row.entry if empty else tx.write(identity.CREATE_PERSON, person_id=person, run=run)[0].key
    moved = identity.take_off(tx, wanted, start=now, end=back, act=act)
    tx.write(
        RECORD_JUDGEMENT,
        entry=back,
        candidate=now,
        judgement_id=new_id,
        properties=_apart(row, act, authority, runs, moved) | {"entry": back, "candidate": now},
    )
    return act, (back, now)


def _where_now(tx: Transaction, row: DecidedRow) -> str:
    """Who holds the records now: the child that they were joined with, or another that it was joined with since."""
    found = tx.read_one(FIND_JOINED, person_id=row.candidate, today=clock.day_in_england(clock.now()))
    return found.child_id if found else row.candidate


def _apart(row: DecidedRow, act: Act, authority: str | None, runs: Runs, moved: Sequence[str]) -> dict[str, Any]:
    return {
        "kind": "part",
        "undoes": row.judgement_id,
        "authority": authority,
        "reason": row.reason,
        "said": Said.DIFFERENT.value,
        "by": act.by,
        "at": act.at,
        "on": act.today,
        "after": runs.published,
        "run": act.run,
        "records": list(moved),
    }


def list_looks(db: Database, token: str, judgement_id: str) -> tuple[Looked, ...]:
    """Who was shown the child while two entries were joined, newest first: users, when and why, never a child.

    For data managers of the authority and for auditors. NotFound if it is not theirs.
    """

    def work(tx: Transaction, opened: Opened, row: DecidedRow) -> Told[tuple[Looked, ...]] | Denied:
        if row.said == Said.SAME:
            since, until = row.at, row.taken_apart_at or clock.milliseconds(clock.now())
            # The records may have gone on with the child that this one was joined with since.
            children = sorted({row.entry, row.candidate, _where_now(tx, row)})
        elif row.kind == TAKEN_OFF:
            since, until, children = row.since or 0, row.at, [row.candidate]
        else:
            return Denied(Conflict(_NOT_JOINED), "decision: not joined")
        rows = tx.read(LIST_LOOKS, since=since, until=until, children=children, own=_OWN)
        found = folded(_look(each) for each in rows)
        fields = (f"judgement:{judgement_id}", "users")
        return Told(found, "who saw a joined entry", (row.candidate,), fields, count=len(found))

    return _at_judgement(db, token, judgement_id, "review.looks", work, roles=READERS)


def _look(row: LookRow) -> Look:
    said = json.loads(row.content)
    at = datetime.fromtimestamp(row.at / 1000, UTC)
    return Look(at, row.name or row.actor, said.get("organisation"), row.action, said.get("purpose"))


# --- reading a case ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Desk:
    """One case with everything that bears on it, read under the lock of the user."""

    tx: Transaction
    opened: Opened
    runs: Runs
    moment: datetime
    today: date
    cases: tuple[Case, ...]
    case: Case
    identities: dict[str, Identity]

    @property
    def viewer(self) -> Viewer:
        """What matters of the user."""
        return self.opened.user.viewer


def _at_case(
    db: Database,
    token: str,
    handle: str,
    action: str,
    work: Callable[[_Desk], Told[Result]],
    *,
    writes: bool = False,
) -> Result:
    """What `work` gives back of one case of the user's authority; what it refuses is in the audit as denied."""
    op_id = secrets.token_hex(16)
    entry = child_of(token, handle)

    def disclosed(tx: Transaction, opened: Opened) -> Told[Result] | Denied:
        refs = () if entry is None else (entry,)
        try:
            # Everything is read and checked before anything is written, and a refusal writes nothing.
            return work(_open(tx, opened, entry, op_id if writes else None))
        except (Conflict, NotFound, Refused) as error:
            return Denied(error, f"review: {type(error).__name__.lower()}", refs)

    return disclose(db, token, action, disclosed, roles=REVIEWERS)


def _open(tx: Transaction, opened: Opened, entry: str | None, op_id: str | None) -> _Desk:
    moment = clock.now()
    today = clock.day_in_england(moment)
    runs = _runs(opened) if op_id is None else identity.hold(tx, op_id)
    cases = [] if entry is None else _read_cases(tx, [entry], runs, today)
    ordered = in_order(cases, today)
    case = ordered[0] if ordered else None
    if case is None or opened.user.authority not in case.authorities:
        raise NotFound(_NO_CASE)
    if case.shielded:
        raise Refused(_SHIELDED)
    near = [rival.candidate for rival in rivals(cases, case)][:1]
    persons = [case.entry, case.candidate, *near]
    rows = tx.read(LIST_IDENTITIES, persons=persons, today=today, **runs.visible)
    identities = {row.person_id: row for row in rows}
    if any(_is_family(each, opened.user.name) for each in identities.values()):
        raise Refused(_FAMILY)
    return _Desk(tx, opened, runs, moment, today, tuple(cases), case, identities)


def _cases(tx: Transaction, runs: Runs, authority: str | None, today: date) -> list[Case]:
    found = tx.read(LIST_PROPOSED, authority=authority, today=today, **runs.visible)
    return _read_cases(tx, [row.key for row in found], runs, today)


def _read_cases(tx: Transaction, entries: Sequence[str], runs: Runs, today: date) -> list[Case]:
    if not entries:
        return []
    return tx.read(LIST_CASES, entries=list(entries), first_kinds=FIRST_KINDS, today=today, **runs.visible)


def _runs(opened: Opened) -> Runs:
    return Runs(opened.received.published, tuple(opened.received.withdrawn), None)


def _version(token: str, case: Case) -> str:
    """Which state of a case a form was made of; means nothing outside its session."""
    text = f"{case.record} {case.entry} {case.candidate} {case.run} {case.reason}"
    return hmac.new(session_key(token, "review"), text.encode(), sha256).hexdigest()[:32]


def _is_family(child: Identity, name: str) -> bool:
    mine = fold_whole(name)
    carers = {fold_whole(each) for fact in child.facts if fact.type == "CARED_FOR_BY" for each in fact.names}
    return bool(mine) and mine in carers


def _title(case: Case) -> str:
    """What the record under review came in, without whose list it is: that may tell of a service."""
    feed = FEEDS.get(case.origin.source) if case.origin else None
    return feed.title if feed else "A list that was sent in"


# --- identities in words -------------------------------------------------------------------------


def _naming(child: Identity, viewer: Viewer, under_review: str | None) -> list[SaidOf]:
    """The records that may name the child to this user, and the one that they are asked about."""
    return [said for said in child.records if said.record == under_review or may_name(viewer, said.source, said.kinds)]


def may_name(viewer: Viewer, source: str, kinds: Iterable[str | None]) -> bool:
    """Whether a record may be shown to a data manager of the area: none that only a guarded service has sent."""
    if source not in ("involvements", "signpost"):
        return True
    levels = [kind_named(kind).visibility for kind in kinds]
    mine = Relation(own_area=True)
    return any(may_see(viewer, mine, Part.SERVICE, visibility=level) is Sight.SHOWN for level in levels)


def _name(child: Identity, viewer: Viewer, under_review: str | None = None) -> str | None:
    names = _full_names(_naming(child, viewer, under_review))
    return names[0] if names else None


def _full_names(records: Iterable[SaidOf]) -> tuple[str, ...]:
    return _once(_joined(said.forename, said.middle_names, said.family_name) for said in records)


def _other_names(records: Sequence[SaidOf]) -> tuple[str, ...]:
    known = [
        _joined(said.preferred_forename or said.forename, said.preferred_family_name or said.family_name)
        for said in records
        if said.preferred_forename or said.preferred_family_name
    ]
    former = [f"{said.former_family_name} (former family name)" for said in records if said.former_family_name]
    others = [" ".join(reversed(name.split(", ", 1))) for said in records for name in said.other_names]
    return _once([*known, *former, *others])


def _rows(entry: Identity, candidate: Identity, desk: _Desk) -> tuple[Row, ...]:
    """Both identities line by line: what is the child's own first, then what brothers and sisters share."""
    sides = [(each, _naming(each, desk.viewer, desk.case.record)) for each in (entry, candidate)]

    def row(label: str, said: Callable[[Identity, list[SaidOf]], Iterable[str]], *, personal: bool = False) -> Row:
        left, right = (tuple(said(child, records)) for child, records in sides)
        return Row(label, left, right, personal)

    def numbers(label: str, of: Callable[[SaidOf], str | None]) -> Row:
        mine, theirs = ([number for said in records if (number := of(said))] for _, records in sides)
        return Row(label, (), (), True, numbers_said(mine, theirs).value)

    today = desk.today
    return (
        row("Name", lambda _, records: _full_names(records), personal=True),
        row("Also known as", lambda _, records: _other_names(records), personal=True),
        row("Date of birth", lambda _, records: _days(said.date_of_birth for said in records), personal=True),
        row(
            "Sex",
            lambda _, records: _once(said.sex.capitalize() for said in records if said.sex and said.sex != "unknown"),
            personal=True,
        ),
        row("Twin or triplet", lambda _, records: _multiple(records), personal=True),
        numbers("NHS number", lambda said: said.nhs_number),
        numbers("Unique pupil number", lambda said: said.upn),
        row("Home now", lambda child, records: _now(child, records, today)),
        row("Homes before", lambda child, records: _earlier(child, records, today)),
        row("Other children of the home", lambda child, _: _household(child, desk)),
        row("Carers", lambda child, _: _carers(child, today)),
        row("School", lambda child, _: _named(child, "ATTENDS", today)),
        row("GP practice", lambda child, _: _named(child, "REGISTERED_WITH", today)),
        row("Responsible authority", lambda child, _: _named(child, "RESPONSIBILITY_OF", today)),
        row("Known from", lambda _, records: _once(_source(said.source) for said in records)),
    )


def _multiple(records: Sequence[SaidOf]) -> tuple[str, ...]:
    return ("Recorded as one of several born together",) if any(said.multiple_birth for said in records) else ()


def _homes(child: Identity, today: date, *, ended: bool) -> tuple[str, ...]:
    facts = [fact for fact in child.facts if fact.type == "LIVES_AT" and _begun(fact, today)]
    return _once(", ".join(fact.lines) for fact in facts if Interval(fact.since, fact.until).ended(today) is ended)


def _now(child: Identity, records: Sequence[SaidOf], today: date) -> tuple[str, ...]:
    """The homes, and postcodes that a record gives without an address: they are compared as well."""
    homes = _homes(child, today, ended=False)
    alone = (said.postcode for said in records if said.postcode and not any(said.postcode in home for home in homes))
    return _once([*homes, *alone])


def _earlier(child: Identity, records: Sequence[SaidOf], today: date) -> tuple[str, ...]:
    now = _homes(child, today, ended=False)
    before = [home for home in _homes(child, today, ended=True) if home not in now]
    return _once([*before, *(code for said in records for code in said.former_postcodes)])


def _household(child: Identity, desk: _Desk) -> tuple[str, ...]:
    """The other children of the home; who shares the birthday of either is said to, since this is how a twin looks."""
    births = {
        said.date_of_birth
        for each in (desk.case.entry, desk.case.candidate)
        for said in desk.identities[each].records
        if said.date_of_birth
    }
    first: dict[str, Housemate] = {}
    for mate in sorted(child.household, key=lambda each: (each.person_id, each.source != "pds", each.source)):
        first.setdefault(mate.person_id, mate)
    return _once(_mate_words(mate, births) for mate in first.values())


def _mate_words(mate: Housemate, births: set[date]) -> str:
    name = _joined(mate.forename, mate.family_name) or "A child without a name"
    if mate.date_of_birth is None:
        return name
    twin = ", the same birthday" if mate.date_of_birth in births else ""
    return f"{name}, born {in_words(mate.date_of_birth)}{twin}"


def _carers(child: Identity, today: date) -> tuple[str, ...]:
    facts = [fact for fact in child.facts if fact.type == "CARED_FOR_BY" and _holds(fact, today) and fact.names]
    return _once(fact.names[0] + (f" ({fact.relationship})" if fact.relationship else "") for fact in facts)


def _named(child: Identity, kind: str, today: date) -> tuple[str, ...]:
    facts = [fact for fact in child.facts if fact.type == kind and _holds(fact, today)]
    return _once(fact.names[0] if fact.names else None for fact in facts)


def _rival_words(child: Identity, desk: _Desk) -> tuple[str, ...]:
    records = _naming(child, desk.viewer, None)
    return (*_full_names(records)[:1], *(f"born {day}" for day in _days(said.date_of_birth for said in records)[:1]))


def _source(source: str) -> str:
    if source == "signpost":
        return "Said in Signpost"
    feed = FEEDS.get(source)
    return feed.title if feed else source.replace("_", " ")


def _holds(fact: Around, today: date) -> bool:
    return Interval(fact.since, fact.until).holds(today)


def _begun(fact: Around, today: date) -> bool:
    return Interval(fact.since, fact.until).begun(today)


def _days(days: Iterable[date | None]) -> tuple[str, ...]:
    return tuple(in_words(day) for day in sorted({day for day in days if day}))


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _once(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Each text once, by how it sounds, as it was first written."""
    found: dict[str, str] = {}
    for text in texts:
        if text:
            found.setdefault(fold_whole(text), text)
    return tuple(found.values())


# --- decisions that were made --------------------------------------------------------------------


def _at_judgement(
    db: Database,
    token: str,
    judgement_id: str,
    action: str,
    work: Callable[[Transaction, Opened, DecidedRow], Told[Result] | Denied],
    *,
    roles: frozenset[Role] = REVIEWERS,
) -> Result:
    """What `work` gives back of one decision of the user's authority, which nobody else can change meanwhile."""
    op_id = secrets.token_hex(16)

    def disclosed(tx: Transaction, opened: Opened) -> Told[Result] | Denied:
        row = tx.read_one(LOCK_JUDGEMENT, judgement_id=judgement_id, op_id=op_id)
        own = opened.user.viewer.role is Role.AUDITOR or (row is not None and row.authority == opened.user.authority)
        if row is None or not own:
            return Denied(NotFound(_NO_DECISION), "decision: not found or not this authority’s")
        return work(tx, opened, row)

    return disclose(db, token, action, disclosed, roles=roles)


def _decided_lines(
    tx: Transaction, opened: Opened, rows: Sequence[DecidedRow]
) -> tuple[list[DecidedLine], tuple[str, ...]]:
    """The lines, each with the name of the child that the decision was about if this user may see it now."""
    today = clock.day_in_england(clock.now())
    mark = opened.received
    wanted = sorted({row.candidate for row in rows})
    children = list_children(tx, wanted, published=mark.published, withdrawn=mark.withdrawn, today=today)
    names: dict[str, str] = {}
    for child_id, row in children.items():
        shown = None if row.shielded else fold_row(row.now, opened.user.viewer, "", today)
        if shown is not None and not is_family(row.now, opened.user.name):
            names[child_id] = shown.name
    lines = [
        DecidedLine(
            row.judgement_id,
            names.get(row.candidate),
            Said(row.said),
            MIXED if row.kind == TAKEN_OFF else doubt_said(row.reason).short,
            row.on,
            row.by or "Not known",
            row.taken_apart_on,
            row.kind == TAKEN_OFF,
        )
        for row in rows
    ]
    return lines, tuple(child for child in wanted if child in names)
