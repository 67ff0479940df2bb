"""Rows in quarantine: a person says that one is somebody else's, or the shielded child's, and it is loaded so.

Both go through the same pipeline as any file, in a run of their own, which can be undone: the row then waits again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from graph.model.errors import Conflict, NotFound, Refused
from graph.services import audit, load_queries, loads, shields
from graph.store import Database
from loaders.kept import KeptIndex
from loaders.plan import Scope, plan_load, record_id
from loaders.registry import FEEDS
from loaders.state import GraphState
from loaders.tables import DATE, ENTITY_COLUMNS, FACT_COLUMNS, RECORD_COLUMNS, Tidy, shaped
from loaders.write import settle_responsibility, write_plan


@dataclass(frozen=True)
class Attached:
    """In which run a row was given to whom."""

    run: int
    child_number: str


@dataclass(frozen=True)
class _Answer:
    """What a person has said of a row in quarantine, and who it was."""

    by: str
    on: date
    action: str
    kind: str
    released: frozenset[str] = frozenset()
    given: Mapping[str, str] = field(default_factory=dict)
    child_refs: tuple[str, ...] = ()


def release(db: Database, record_version: str, *, by: str, on: date, kept: KeptIndex | None = None) -> int:
    """The number of the run in which the row was loaded after all. Raises NotFound if it does not wait.

    The row stays guarded against nobody: a person has looked at it and said that it is not the shielded child.
    """
    waiting = _waiting(db, record_version)
    return _load(
        db,
        record_version,
        waiting,
        _Answer(by, on, "release from quarantine", "release", released=frozenset({waiting.record})),
        kept,
    )


def attach(db: Database, record_version: str, *, by: str, on: date, child_number: str | None = None) -> Attached:
    """In which run the row was given to the shielded child; nothing of it shows beyond what the shield permits.

    Raises NotFound if it does not wait; Refused if it may be of several shielded children and none of them is named,
    or of another than the one named; Conflict if its sender's record is another child's already.
    """
    waiting = _waiting(db, record_version)
    child = _child_of(shields.find_shielded(db, waiting.shields), child_number)
    state, key = GraphState(db), json.loads(waiting.payload)["record"]["key"]
    use = state.uses(waiting.feed, waiting.supplier).get(key, 1)
    now = record_id(waiting.feed, waiting.supplier, key, use)
    if state.persons_of([now]).get(now, child.person_id) != child.person_id:
        raise Conflict(
            "An earlier version of this record is another child’s in the directory. Nothing was changed. "
            "Ask its sender whose it is, and load what they answer."
        )
    answer = _Answer(
        by,
        on,
        "attach from quarantine",
        "attach",
        given={waiting.record: child.person_id},
        child_refs=(child.child_number,),
    )
    return Attached(_load(db, record_version, waiting, answer), child.child_number)


def _waiting(db: Database, record_version: str) -> load_queries.Waiting:
    waiting = db.read_one(load_queries.SHOW_WAITING, record_version=record_version)
    if waiting is None:
        raise NotFound(f"No row {record_version} waits in quarantine. List them with: python -m loaders quarantine.")
    return waiting


def _child_of(near: Sequence[shields.Shielded], child_number: str | None) -> shields.Shielded:
    numbers = ", ".join(child.child_number for child in near)
    if not near:
        raise Refused("No child is under the shield that this row waits for. Load the child’s own records first.")
    if child_number is None and len(near) > 1:
        raise Refused(f"The row may be of several shielded children: {numbers}. Say which with --child NUMBER.")
    found = [child for child in near if child_number in (None, child.child_number)]
    if not found:
        raise Refused(f"The row does not wait for child {child_number}, but for {numbers}. Nothing was changed.")
    return found[0]


def _load(
    db: Database, record_version: str, waiting: load_queries.Waiting, answer: _Answer, kept: KeptIndex | None = None
) -> int:
    feed, supplier = FEEDS[waiting.feed], waiting.supplier
    load = loads.begin_load(
        db, feed=feed.name, title=feed.title, supplier=supplier, national=feed.national, every_days=feed.every_days,
        as_at=answer.on, kind=answer.kind, file=record_version, released_by=answer.by,
    )  # fmt: skip
    try:
        state = GraphState(db, kept)
        scope = Scope(feed, supplier, answer.on, False, load.run)
        said = tidy_of(json.loads(waiting.payload))
        plan = plan_load(said, scope, state, released=answer.released, given=answer.given)
        plan.ended_records.append(record_version)
        load.act(
            audit.record_act,
            actor=answer.by,
            action=answer.action,
            child_refs=answer.child_refs,
            fields=(record_version,),
        )
        write_plan(plan, load)
        settle_responsibility(plan.touched, answer.on, state, load)
        load.publish(rows=1, kept=1, refused=0, skipped=0)
    except BaseException as error:
        loads.sweep(load, "failed", error=str(error)[:300])
        raise
    return load.run


def tidy_of(payload: dict[str, Any]) -> Tidy:
    """The tidy tables that a row in quarantine was, with the carers and addresses that it named."""
    return Tidy(
        _table([payload["record"], *payload["carers"]], RECORD_COLUMNS),
        _table(payload["facts"], FACT_COLUMNS),
        _table(payload["addresses"], ENTITY_COLUMNS),
    )


def _table(rows: Sequence[dict[str, Any]], columns: dict[str, str]) -> pd.DataFrame:
    def value(row: dict[str, Any], name: str) -> Any:
        said = row.get(name)
        return date.fromisoformat(said) if said is not None and columns[name] == DATE else said

    # Every column as plain objects: pandas would make numbers of a column that is empty here.
    made = {name: pd.Series([value(row, name) for row in rows], dtype=object) for name in columns}
    return shaped(pd.DataFrame(made), columns)
