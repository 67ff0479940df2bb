"""Shields as people decide them: one proposes, a second decides; urgent ones work at once; reviews have owners."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from graph.model import clock
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.evidence import SeenChild
from graph.model.reasons import reason_coded
from graph.model.shielding import (
    DAYS_AHEAD,
    KEEPERS,
    Evidence,
    Ground,
    InForce,
    Keeper,
    Proposed,
    ShieldLine,
    ShieldList,
    ShieldPage,
    Verdict,
    Wanted,
    check_review,
    check_words,
    decide_by,
    evidence_coded,
    ground_coded,
    may_decide,
    may_propose,
    verdict_coded,
)
from graph.services import circle, overriding, secret_box, shields
from graph.services.disclosure import Denied, Opened, Told, disclose
from graph.services.handles import child_of
from graph.services.requests import Key, Number, owner_of
from graph.services.several import list_rows
from graph.store import Database, Query, Transaction

_NOT_FOUND = "No child of your area is found at this address. Search for the child again."
_OWN = (
    "You proposed this yourself, so somebody else decides it. "
    "Ask another safeguarding lead or data manager of your authority."
)
_WAITS = "Something about this child’s shield waits to be decided already. Open the list of shields: that comes first."
_NOTHING = "Nothing about this child’s shield waits to be decided. Open the list of shields again."
_IN_FORCE = "A shield is over this child already. Open its page again to keep it or to end it."
_NONE = "No shield is over this child any more. Open the list of shields again."
_PURPOSE = "safeguarding"

Result = TypeVar("Result")


@dataclass(frozen=True)
class Wish:
    """What somebody types to propose a shield."""

    ground: str
    evidence: str
    words: str
    review_on: date
    urgent: bool


@dataclass(frozen=True)
class ProposalRow:
    """One open proposal as the graph holds it."""

    proposal_id: str
    child_id: str
    wanted: str
    ground: str
    evidence: str | None
    words: bytes
    review_on: date | None
    urgent: bool
    shield_id: str | None
    proposed_by: str
    proposer: str | None
    proposed_on: date
    due_on: date


@dataclass(frozen=True)
class ShieldRow:
    """One shield over a child."""

    shield_id: str
    ground: str | None
    state: str
    since: date
    review_on: date | None
    owner: str | None


@dataclass(frozen=True)
class ReviewRow:
    """One shield that somebody has to look at again."""

    child_id: str
    ground: str | None
    state: str
    review_on: date | None
    owner: str | None


@dataclass(frozen=True)
class Desk:
    """The child whose shield is decided, as a keeper of its authority has it, with what there is of shields."""

    tx: Transaction
    keeper: Keeper
    organisation: str
    child: SeenChild
    name: str
    today: date
    shields: tuple[ShieldRow, ...]
    proposal: ProposalRow | None

    @property
    def child_id(self) -> str:
        """The child's number."""
        return self.child.child_id


LIST_PROPOSALS = Query("shielding/list_proposals", ProposalRow)
LOCK_PROPOSAL = Query("shielding/lock_proposal", ProposalRow)
RECORD_PROPOSAL = Query("shielding/record_proposal", Key)
SAVE_DECIDED = Query("shielding/save_decided", Key)
LIST_OF_CHILD = Query("shielding/list_of_child", ShieldRow)
LIST_REVIEWS = Query("shielding/list_reviews", ReviewRow)
COUNT_IN_FORCE = Query("shielding/count_in_force", Number)
SAVE_REVIEW = Query("shielding/save_review", Key)


def list_waiting(db: Database, token: str) -> ShieldList:
    """What waits for the keepers of the user's authority: proposals, reviews, overrides; the first due first."""

    def work(tx: Transaction, opened: Opened) -> Told[ShieldList] | Denied:
        user, mark, today = opened.user, opened.received, clock.day_in_england(clock.now())
        authority = user.authority or ""
        of = {"authority": authority, "published": mark.published, "withdrawn": list(mark.withdrawn), "today": today}
        proposals = tx.read(LIST_PROPOSALS, authority=authority)
        reviews = tx.read(LIST_REVIEWS, until=today + timedelta(days=DAYS_AHEAD), **of)
        overrides = overriding.list_open(tx, authority)
        of_proposals = {row.child_id for row in proposals}
        child_ids = sorted(of_proposals | {row.child_id for row in reviews} | {row.child_id for row in overrides})
        rows = {each: row for each, (_, row) in list_rows(tx, token, opened, child_ids, today=today).items()}
        waiting, due = [], []
        for each in proposals:
            if (row := rows.get(each.child_id)) is not None:
                words = "Proposed: shield" if each.wanted == Wanted.BEGIN else "Proposed: end the shield"
                state = f"{words}, in force until decided" if each.urgent else words
                mine, late = each.proposed_by == user.user_id, each.due_on < today
                ground = Ground(each.ground).words
                waiting.append(ShieldLine(row.name, row.handle, ground, state, each.proposer, each.due_on, late, mine))
        for found in reviews:
            if (row := rows.get(found.child_id)) is not None:
                state = "To be confirmed" if found.state == "proposed" else "To be reviewed"
                late = found.review_on is not None and found.review_on < today
                ground = _ground(found.ground).words
                due.append(ShieldLine(row.name, row.handle, ground, state, found.owner, found.review_on, late, False))
        shown = tuple(overriding.line_of(each, rows.get(each.child_id), user.user_id, today) for each in overrides)
        number = tx.read(COUNT_IN_FORCE, **of)[0].number
        result = ShieldList(tuple(waiting), tuple(due), shown, number)
        refs = tuple(child_id for child_id in child_ids if rows.get(child_id) is not None)
        return Told(result, "shields", refs, ("name", "shields") if refs else ("shields",), count=len(refs))

    return disclose(db, token, "shield.list", work, roles=KEEPERS)


def show_shield(db: Database, token: str, handle: str) -> ShieldPage:
    """What is decided of one child's shield. NotFound if the child is not of the user's authority."""

    def work(desk: Desk) -> Told[ShieldPage]:
        page = ShieldPage(
            handle=handle,
            name=desk.name,
            child_number=desk.child_id,
            shields=tuple(
                InForce(row.shield_id, _ground(row.ground), row.state, row.since, row.review_on, row.owner)
                for row in desk.shields
            ),
            proposed=None if desk.proposal is None else _proposed(desk.proposal, desk.keeper),
        )
        return Told(page, "shield", (desk.child_id,), ("child_number", "name", "shield"), count=1)

    return at_child(db, token, handle, "shield.open", work)


def propose(db: Database, token: str, handle: str, wish: Wish) -> None:
    """Nothing; a shield is proposed, and in force at once if it is urgent.

    Raises Refused (ground, evidence, words, review date), Conflict (a shield or a proposal is there already), NotFound.
    """
    ground, evidence, words = ground_coded(wish.ground), evidence_coded(wish.evidence), check_words(wish.words)
    today = clock.day_in_england(clock.now())
    review_on = check_review(wish.review_on, today)
    # Read before the transaction: it goes through every child's entry.
    child_id = child_of(token, handle)
    near = shields.entries_near(db, child_id) if wish.urgent and child_id is not None else {}
    proposal_id, shield_id = secrets.token_hex(12), shields.new_shield_id()

    def work(desk: Desk) -> Told[None] | Denied:
        if desk.proposal is not None:
            return Denied(Conflict(_WAITS), "shield: a proposal waits", (desk.child_id,))
        if desk.shields:
            return Denied(Conflict(_IN_FORCE), "shield: in force already", (desk.child_id,))
        if wish.urgent:
            owned = {"review_on": review_on, "owner": desk.keeper.user_id}
            shields.write_shield(
                desk.tx, desk.child_id, shield_id, near, ground=ground, state="proposed", today=desk.today, **owned
            )
        about = {"ground": ground, "evidence": evidence, "words": words, "review_on": review_on, "urgent": wish.urgent}
        _record(desk, proposal_id, Wanted.BEGIN, shield_id if wish.urgent else None, **about)
        fields = (f"proposal:{proposal_id}", "wanted:begin", f"ground:{ground}", f"evidence:{evidence}")
        more = (f"shield:{shield_id}", "urgent") if wish.urgent else ()
        return Told(None, "proposed", (desk.child_id, *sorted(near)), (*fields, *more), count=1)

    at_child(db, token, handle, "shield.propose", work)


def propose_end(db: Database, token: str, handle: str, words: str) -> None:
    """Nothing; it is proposed that the child's shield ends, which is in force until a second person agrees."""
    said, proposal_id = check_words(words), secrets.token_hex(12)

    def work(desk: Desk) -> Told[None] | Denied:
        if desk.proposal is not None:
            return Denied(Conflict(_WAITS), "shield: a proposal waits", (desk.child_id,))
        shield = _endable(desk)
        if shield is None:
            return Denied(Conflict(_NONE), "shield: none in force", (desk.child_id,))
        about = {"ground": _ground(shield.ground), "evidence": None, "words": said, "review_on": None, "urgent": False}
        _record(desk, proposal_id, Wanted.END, shield.shield_id, **about)
        fields = (f"proposal:{proposal_id}", "wanted:end", f"shield:{shield.shield_id}")
        return Told(None, "proposed", (desk.child_id,), fields, count=1)

    at_child(db, token, handle, "shield.propose", work)


def decide(db: Database, token: str, handle: str, verdict: str) -> None:
    """Nothing; what was proposed is done or is not, as this second person says.

    Raises Refused to who proposed it, Conflict if nothing waits, NotFound. An urgent shield that is refused ends.
    """
    said = verdict_coded(verdict)
    child_id = child_of(token, handle)
    near = shields.entries_near(db, child_id) if said is Verdict.AGREED and child_id is not None else {}
    shield_id = shields.new_shield_id()

    def work(desk: Desk) -> Told[None] | Denied:
        proposal = desk.proposal
        if proposal is None:
            return Denied(Conflict(_NOTHING), "shield: nothing waits", (desk.child_id,))
        # The child is of the keeper's authority, and no family: whoever is at this desk may propose.
        if not may_decide(desk.keeper, desk.keeper.authority, proposal.proposed_by, family=False):
            return Denied(Refused(_OWN), "shield: own proposal", (desk.child_id,))
        fields = _carry_out(desk, proposal, said, shield_id, near)
        now = clock.milliseconds(clock.now())
        desk.tx.write(
            SAVE_DECIDED,
            proposal_id=proposal.proposal_id,
            verdict=said.value,
            decided_by=desk.keeper.user_id,
            decided_at=now,
        )
        about = (f"proposal:{proposal.proposal_id}", f"wanted:{proposal.wanted}", f"verdict:{said}", *fields)
        return Told(None, "decided", (desk.child_id,), about, count=1)

    at_child(db, token, handle, "shield.decide", work)


def keep(db: Database, token: str, handle: str, shield_id: str, review_on: date) -> None:
    """Nothing; a shield in force is confirmed until its next review, and the user owns it from now on."""
    day = check_review(review_on, clock.day_in_england(clock.now()))

    def work(desk: Desk) -> Told[None] | Denied:
        if desk.proposal is not None:
            return Denied(Conflict(_WAITS), "shield: a proposal waits", (desk.child_id,))
        mine = shield_id in {row.shield_id for row in desk.shields if row.state != "held"}
        if not mine or not desk.tx.write(SAVE_REVIEW, shield_id=shield_id, review_on=day, owner=desk.keeper.user_id):
            return Denied(Conflict(_NONE), "shield: none in force", (desk.child_id,))
        return Told(None, "kept", (desk.child_id,), (f"shield:{shield_id}", f"review:{day}"), count=1)

    at_child(db, token, handle, "shield.keep", work)


def _carry_out(
    desk: Desk, proposal: ProposalRow, said: Verdict, shield_id: str, near: dict[str, list[shields.Said]]
) -> tuple[str, ...]:
    """What the audit says of what was done."""
    by = desk.keeper.user_id
    begins = proposal.wanted == Wanted.BEGIN
    if proposal.shield_id is not None and begins == (said is Verdict.REFUSED):
        desk.tx.write(shields.END_SHIELD, shield_id=proposal.shield_id, ended_by=by, on=desk.today)
        return (f"shield:{proposal.shield_id}", "ended")
    if not begins or said is Verdict.REFUSED:
        return ()
    if proposal.shield_id is not None:
        desk.tx.write(shields.CONFIRM_SHIELD, shield_id=proposal.shield_id, decided_by=by, review_on=proposal.review_on)
        return (f"shield:{proposal.shield_id}", "confirmed")
    owned = {"review_on": proposal.review_on, "owner": proposal.proposed_by, "decided_by": by}
    ground = Ground(proposal.ground)
    shields.write_shield(
        desk.tx, desk.child_id, shield_id, near, ground=ground, state="confirmed", today=desk.today, **owned
    )
    return (f"shield:{shield_id}", "begun", *(("entries held",) if near else ()))


def _endable(desk: Desk) -> ShieldRow | None:
    """The shield that may be ended: one that holds an entry is decided by command (decision 18)."""
    return next((row for row in desk.shields if row.state != "held"), None)


def _record(desk: Desk, proposal_id: str, wanted: Wanted, shield_id: str | None, **about: Any) -> None:
    words: str = about.pop("words")
    desk.tx.write(
        RECORD_PROPOSAL,
        properties={
            **about,
            "proposal_id": proposal_id,
            "child_id": desk.child_id,
            # Unique: of two who propose at the same moment, one is told.
            "open_for": desk.child_id,
            "authority": desk.keeper.authority,
            "wanted": wanted.value,
            "words": secret_box.seal(words.encode(), about=proposal_id),
            "shield_id": shield_id,
            "proposed_by": desk.keeper.user_id,
            "proposed_on": desk.today,
            "proposed_at": clock.milliseconds(clock.now()),
            "due_on": decide_by(desk.today, urgent=about["urgent"]),
        },
    )


def _proposed(row: ProposalRow, keeper: Keeper) -> Proposed:
    return Proposed(
        proposal_id=row.proposal_id,
        wanted=Wanted(row.wanted),
        ground=Ground(row.ground),
        evidence=Evidence(row.evidence) if row.evidence else None,
        words=secret_box.unseal(row.words, about=row.proposal_id).decode(),
        review_on=row.review_on,
        urgent=row.urgent,
        by=row.proposer or "Not known",
        on=row.proposed_on,
        due_on=row.due_on,
        mine=row.proposed_by == keeper.user_id,
    )


def _ground(code: str | None) -> Ground:
    return Ground(code) if code else Ground.SIGNIFICANT_HARM


def at_child(
    db: Database, token: str, handle: str, action: str, work: Callable[[Desk], Told[Result] | Denied]
) -> Result:
    """What `work` gives back of a child of the keeper's own authority; for any other it is as if not there."""
    op_id = secrets.token_hex(16)

    def disclosed(tx: Transaction, opened: Opened) -> Told[Result] | Denied:
        child_id, today, user = child_of(token, handle), clock.day_in_england(clock.now()), opened.user
        refs = () if child_id is None else (child_id,)
        child, row = list_rows(tx, token, opened, refs, today=today).get(child_id or "", (None, None))
        keeper = Keeper(user.user_id, user.viewer.role, user.authority)
        if child is None or row is None:
            return Denied(NotFound(_NOT_FOUND), "not found or not for this user", refs)
        family = circle.is_family(child, user.name)
        if not may_propose(keeper, owner_of(child, today), family=family):
            return Denied(NotFound(_NOT_FOUND), "shield: not a child of their area", refs)
        return work(
            Desk(
                tx=tx,
                keeper=keeper,
                organisation=user.organisation,
                child=child,
                name=row.name,
                today=today,
                shields=tuple(tx.read(LIST_OF_CHILD, child_id=child.child_id, today=today)),
                proposal=tx.read_one(LOCK_PROPOSAL, child_id=child.child_id, op_id=op_id),
            )
        )

    return disclose(db, token, action, disclosed, roles=KEEPERS, reason=reason_coded(_PURPOSE))
