"""Questions under a shield: whoever looks after the shield answers them at the command line, and nothing is shown.

A question is a case of match review that a shield hides from data managers, or an entry that is held because it may be
a shielded child's. Each answer is a judgement like any other: audited, and taken apart by its number (decision 18).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.model import clock
from graph.model.errors import Conflict, NotFound, Refused
from graph.model.review import Said
from graph.services import audit, identity, review, shields
from graph.services.identity import Act, Runs
from graph.store import Database, Query, Transaction

FIND_HELD = Query("shields/find_held", shields.Held)
_BANNED = "A person has decided before that these are different children. Nothing was changed."
_OWN_DOOR = "This decision was made in Signpost, and is taken apart there by a data manager of the authority."


@dataclass(frozen=True)
class Answered:
    """The judgement that was kept, and the run in which it was carried out, if records moved."""

    judgement_id: str
    run: int | None


@dataclass(frozen=True)
class _Question:
    """Whether the entry is the candidate; what asks it, and why."""

    asked: str  # the record under review, or the shield that holds the entry
    entry: str
    candidate: str
    reason: str
    held: bool


def decide(db: Database, asked: str, *, same: bool, by: str) -> Answered:
    """What was kept: the two are one child from now on, or never.

    `asked` is a case as `python -m loaders review` names it, or a held shield. Raises NotFound; Refused if no shield is
    over the case; Conflict while a load runs, if one of the two cares for the other, or if people have parted them.
    """
    judgement_id = secrets.token_hex(12)

    def work(tx: Transaction) -> Answered:
        moment = clock.now()
        runs = identity.hold(tx, judgement_id)
        question = _question(tx, runs, asked)
        if tx.read_one(identity.FIND_BAN, one=question.entry, other=question.candidate) is not None:
            raise Conflict(_BANNED)
        act = Act(by, judgement_id, clock.milliseconds(moment), clock.day_in_england(moment), run=0)
        run, moved = _carried_out(tx, question, act, same=same)
        said = Said.SAME if same else Said.DIFFERENT
        tx.write(
            review.RECORD_JUDGEMENT,
            entry=question.entry,
            candidate=question.candidate,
            judgement_id=judgement_id,
            properties=_kept(question, act, runs, moment, said) | {"run": run, "records": list(moved)},
        )
        audit.record_act(
            tx,
            actor=by,
            action="decide under a shield",
            child_refs=(question.entry, question.candidate),
            fields=(f"judgement:{judgement_id}", f"settled:{said}"),
            op_id=judgement_id,
        )
        return Answered(judgement_id, run)

    return db.transact(work, op_id=judgement_id, resolve=audit.SHOW_OPERATION)


def take_apart(db: Database, judgement_id: str, *, by: str) -> Answered:
    """What took the decision apart: the records that it joined are another entry's again, and the shield is over both.

    Raises NotFound; Refused for a decision made in Signpost; Conflict while a load runs or if nothing is joined.
    """
    new_id, person = secrets.token_hex(12), identity.new_person_id()

    def work(tx: Transaction) -> Answered:
        row = tx.read_one(review.LOCK_JUDGEMENT, judgement_id=judgement_id, op_id=new_id)
        if row is None:
            raise NotFound(f"There is no decision {judgement_id}.")
        if row.authority is not None:
            raise Refused(_OWN_DOOR)
        act, both = review.part(tx, row, None, by=by, authority=None, new=(new_id, person))
        audit.record_act(
            tx,
            actor=by,
            action="take apart under a shield",
            child_refs=both,
            fields=(f"judgement:{new_id}", f"undoes:{judgement_id}"),
            op_id=new_id,
        )
        return Answered(new_id, act.run)

    return db.transact(work, op_id=new_id, resolve=audit.SHOW_OPERATION)


def _question(tx: Transaction, runs: Runs, asked: str) -> _Question:
    held = tx.read_one(FIND_HELD, shield_id=asked)
    if held is not None:
        return _Question(asked, held.entry, held.candidate, "held", held=True)
    case = review.case_under_shield(tx, runs, asked)
    return _Question(asked, case.entry, case.candidate, case.reason, held=False)


def _carried_out(tx: Transaction, question: _Question, act: Act, *, same: bool) -> tuple[int | None, tuple[str, ...]]:
    run: int | None = None
    moved: tuple[str, ...] = ()
    if same:
        identity.check_joinable(tx, question.entry, question.candidate)
        run = identity.begin(tx, judgement_id=act.judgement_id, by=act.by, kind="join")
    if not question.held:
        tx.write(
            identity.RETIRE_PROPOSALS,
            entry=question.entry,
            record=question.asked,
            candidate=None if same else question.candidate,
            run=run or 0,
        )
    if run is None:
        identity.forbid(tx, question.entry, question.candidate, act)
    else:
        joined = Act(act.by, act.judgement_id, act.at, act.today, run)
        moved = identity.join(tx, entry=question.entry, into=question.candidate, act=joined)
    if question.held:
        tx.write(shields.END_SHIELD, shield_id=question.asked, ended_by=act.by, on=act.today)
    return run, moved


def _kept(question: _Question, act: Act, runs: Runs, moment: datetime, said: Said) -> dict[str, Any]:
    """What the judgement keeps. It has no authority: nobody is offered a page for it."""
    return {
        "kind": "case",
        "record": question.asked,
        "entry": question.entry,
        "candidate": question.candidate,
        "reason": question.reason,
        "said": said.value,
        "settled": said.value,
        "by": act.by,
        "at": clock.milliseconds(moment),
        "on": act.today,
        "after": runs.published,
    }
