"""Records become other persons' by a person's decision: two entries are joined, or taken apart again (decision 17).

Nothing is overwritten: what a record identified and what it says end with the decision's run, and stand again with the
other person, as decision 4 says of what changes. Both are called inside a disclosure, which writes the audit event.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from types import NoneType
from typing import Any

from graph.model.errors import Conflict, ProgrammeError
from graph.model.responsibility import Whereabout, fact_id, responsible
from graph.services import load_queries, shields
from graph.services.load_queries import Whereabouts
from graph.services.statements import hashed
from graph.store import Query, Transaction

# What `python -m loaders runs` calls a run that a person's decision took, and how it ended: never undone as a run.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
FEED, OUTCOME = "judgement", "decided"
_BUSY = (
    "A file is being loaded just now, and what it says may bear on this. Nothing was kept. "
    "Wait some minutes, open the case again and decide then."
)
_ONE_CARES = "One of the two is recorded as caring for the other, so they are not one. Nothing was changed."


@dataclass(frozen=True)
class Runs:
    """How far the graph is published, and which load writes."""

    published: int
    withdrawn: tuple[int, ...]
    loading: str | None

    @property
    def visible(self) -> dict[str, Any]:
        """The parameters by which a query tells what is visible."""
        return {"published": self.published, "withdrawn": list(self.withdrawn)}


@dataclass(frozen=True)
class RunNumber:
    """The number of a run."""

    run: int


@dataclass(frozen=True)
class Key:
    """The key of what was found or written."""

    key: str


@dataclass(frozen=True)
class Identified:
    """A record that identifies a person."""

    record: str
    source: str
    supplier: str
    key: str
    subject: str


@dataclass(frozen=True)
class Fact:
    """An open fact; `key` is that of the record that says it, where it is about a person whom it only points at."""

    type: str
    subject_id: str
    target_id: str
    properties: dict[str, Any]
    key: str | None


HOLD_RUNS = Query("identity/hold_runs", Runs)
RECORD_RUN = Query("identity/record_run", RunNumber)
LIST_IDENTIFIED = Query("identity/list_identified", Identified)
MOVE_RECORDS = Query("identity/move_records", Key)
LIST_FACTS_OF = Query("identity/list_facts_of", Fact)
LIST_FACTS_ABOUT = Query("identity/list_facts_about", Fact)
SAVE_LABELS = Query("identity/save_labels", NoneType)
SAVE_SHARED_SHIELDS = Query("identity/save_shared_shields", NoneType)
SAVE_GUARDED = Query("identity/save_guarded", NoneType)
SAVE_SHARED_BANS = Query("identity/save_shared_bans", NoneType)
SAVE_BAN = Query("identity/save_ban", NoneType)
FIND_BAN = Query("identity/find_ban", Key)
RETIRE_PROPOSALS = Query("identity/retire_proposals", NoneType)
MOVE_PROPOSALS = Query("identity/move_proposals", NoneType)
MOVE_OWN_PROPOSALS = Query("identity/move_own_proposals", NoneType)
LIFT_BANS = Query("identity/lift_bans", NoneType)
CREATE_PERSON = Query("identity/create_person", Key)


@dataclass(frozen=True)
class Act:
    """By whom and by which judgement records are moved, under which run, and the day of it."""

    by: str
    judgement_id: str
    at: int  # milliseconds since 1970
    today: date
    run: int


def new_person_id() -> str:
    """A directory number as the loads make them, random and never used again."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


def hold(tx: Transaction, op_id: str) -> Runs:
    """How far the graph is published, which nobody changes until this transaction ends. Conflict while a load runs."""
    runs = tx.read_one(HOLD_RUNS, op_id=op_id)
    if runs is None or runs.loading is not None or runs.withdrawn:
        raise Conflict(_BUSY)
    return runs


def begin(tx: Transaction, *, judgement_id: str, by: str, kind: str) -> int:
    """The number of the run that a decision takes; the graph has to be held."""
    properties = {
        "feed": FEED,
        "supplier": "signpost",
        "kind": kind,
        "outcome": OUTCOME,
        "file": judgement_id,
        "title": "Decision of a data manager",
    }
    taken = tx.write(RECORD_RUN, properties=properties)
    if len(taken) != 1:
        raise ProgrammeError(f"The graph was held, and judgement {judgement_id} of {by} took no run.")
    return taken[0].run


def join(tx: Transaction, *, entry: str, into: str, act: Act) -> tuple[str, ...]:
    """The records that were the entry's and are the other's now: whatever is said of the one is said of the other.

    The entry stays, without records, and leads on. Ask `check_joinable` first, before anything is written.
    """
    records = tx.read(LIST_IDENTIFIED, person_id=entry)
    _move(tx, records, records, start=entry, end=into, act=act)
    tx.write(MOVE_PROPOSALS, start=entry, end=into, run=act.run)
    tx.write(MOVE_OWN_PROPOSALS, start=entry, end=into, records=None, run=act.run)
    return tuple(record.record for record in records)


def check_joinable(tx: Transaction, one: str, other: str) -> None:
    """Nothing, if the two may be one person; Conflict if the one cares for the other."""
    pair = {one, other}
    about = [*tx.read(LIST_FACTS_ABOUT, person_id=one), *tx.read(LIST_FACTS_ABOUT, person_id=other)]
    if any({fact.subject_id, fact.target_id} == pair for fact in about):
        raise Conflict(_ONE_CARES)


def check_removable(tx: Transaction, records: Sequence[str], person: str) -> tuple[str, ...]:
    """Those of these records that may be taken off a person; Conflict if it has none, or would have none left."""
    every = {record.record for record in tx.read(LIST_IDENTIFIED, person_id=person)}
    mine = every & set(records)
    if not mine:
        raise Conflict("These records are not on this child any more. Open the decision again and look.")
    if mine == every:
        raise Conflict("Nothing would be left of the child. Nothing was changed.")
    return tuple(sorted(mine))


def take_off(tx: Transaction, records: Sequence[str], *, start: str, end: str, act: Act) -> tuple[str, ...]:
    """These records, which were the one person's and are another's now, whom nobody joins with it again.

    Ask `check_removable` first, before anything is written.
    """
    every = tx.read(LIST_IDENTIFIED, person_id=start)
    mine = [record for record in every if record.record in set(records)]
    _move(tx, mine, every, start=start, end=end, act=act)
    names = [record.record for record in mine]
    tx.write(MOVE_OWN_PROPOSALS, start=start, end=end, records=names, run=act.run)
    forbid(tx, start, end, act)
    return tuple(names)


def forbid(tx: Transaction, one: str, other: str, act: Act) -> None:
    """Nothing: the two are never proposed or joined again, by anybody but a person."""
    tx.write(SAVE_BAN, one=one, other=other, judgement_id=act.judgement_id, by=act.by, at=act.at)


def _move(
    tx: Transaction, moving: Sequence[Identified], every: Sequence[Identified], *, start: str, end: str, act: Act
) -> None:
    names = [record.record for record in moving]
    facts = tx.read(LIST_FACTS_OF, person_id=start, records=names)
    about = _about(tx.read(LIST_FACTS_ABOUT, person_id=start), moving, every)
    tx.write(
        MOVE_RECORDS,
        start=start,
        end=end,
        records=names,
        run=act.run,
        identifies={"method": FEED, "by": act.by, "basis": act.judgement_id, "run": act.run},
    )
    _restate(tx, facts, [replace(fact, subject_id=end) for fact in facts], act)
    _restate(tx, about, [replace(fact, target_id=end) for fact in about], act)
    tx.write(SAVE_LABELS, persons=[start, end])
    tx.write(SAVE_SHARED_SHIELDS, start=start, end=end)
    _guard(tx, end)
    tx.write(SAVE_SHARED_BANS, start=start, end=end)
    _settle_responsibility(tx, [start, end], act)


def _about(facts: Iterable[Fact], moving: Sequence[Identified], every: Sequence[Identified]) -> list[Fact]:
    """Those facts that point at a person by one of the records that move: their target is in their name."""
    if len(moving) == len(every):
        return list(facts)
    carers = [record for record in moving if record.subject == "carer"]
    return [fact for fact in facts if any(_points_by(fact, record) for record in carers)]


def _points_by(fact: Fact, record: Identified) -> bool:
    said = fact.properties
    if (said.get("source"), said.get("supplier")) != (record.source, record.supplier):
        return False
    begun = said.get("from")
    name = hashed(record.source, record.supplier, str(fact.key), fact.type, record.key, str(begun))
    return bool(said.get("fact_id") == name)


def _restate(tx: Transaction, ended: Sequence[Fact], again: Sequence[Fact], act: Act) -> None:
    """Ends facts in this run, and lets them stand again with another end: nothing else of them changes."""
    rows = [{"subject_id": fact.subject_id, "fact_id": fact.properties["fact_id"]} for fact in ended]
    tx.write(load_queries.END_PERSON_FACTS, rows=rows, run=act.run)
    for kind in sorted({fact.type for fact in again}):
        tx.write(
            load_queries.FACT_WRITERS[kind],
            rows=[
                {
                    "subject_id": fact.subject_id,
                    "target_id": fact.target_id,
                    # By which file a line was last said is told by the run that said it, not by this one.
                    "properties": {"file_run": fact.properties["run"]} | fact.properties | {"run": act.run},
                }
                for fact in again
                if fact.type == kind
            ],
        )


def _guard(tx: Transaction, person: str) -> None:
    """What a shield guards is everything that is known of whom it is over: also what has only just become theirs."""
    mine = [guard for guard in tx.read(shields.LIST_GUARDS) if guard.person_id == person]
    if not mine:
        return
    said = [row.said for row in tx.read(shields.LIST_GUARDED, persons=[person])]
    known = asdict(shields.guard_of("", said))
    for guard in mine:
        lists = {
            name: sorted({*values, *known[name]}) for name, values in asdict(guard).items() if isinstance(values, list)
        }
        tx.write(SAVE_GUARDED, shield_id=guard.shield_id, guarded=lists)


def _settle_responsibility(tx: Transaction, persons: Sequence[str], act: Act) -> None:
    """One authority is responsible for each of these children, and none for an entry that has no record left."""
    for row in tx.read(load_queries.LIST_WHEREABOUTS, persons=list(persons)):
        child = any(record.subject == "child" for record in tx.read(LIST_IDENTIFIED, person_id=row.person_id))
        now = {(_day(since), gss): name for name, since, gss in row.responsible}
        wanted = responsible(_places(row), act.today) if child else None
        ended = [{"subject_id": row.person_id, "fact_id": name} for decided, name in now.items() if decided != wanted]
        tx.write(load_queries.END_PERSON_FACTS, rows=ended, run=act.run)
        if wanted is not None and wanted not in now:
            tx.write(load_queries.CREATE_RESPONSIBILITY_OF, rows=[_responsibility(row.person_id, *wanted, act.run)])


def _responsibility(person: str, since: date | None, gss_code: str, run: int) -> dict[str, Any]:
    properties = {"fact_id": fact_id(person, since, gss_code), "record": "computed", "from": since, "run": run}
    properties |= {"source": "computed", "supplier": "signpost"}
    return {"subject_id": person, "target_id": gss_code, "properties": properties}


def _places(row: Whereabouts) -> list[Whereabout]:
    homes = [Whereabout(source, _day(since), _day(until), place, gss) for source, since, until, place, gss in row.homes]
    schools = [
        Whereabout("school", _day(since), _day(until), place, gss) for _, since, until, place, gss in row.schools
    ]
    return [*homes, *schools]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
